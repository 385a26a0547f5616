package org.statecraft.peft.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.statecraft.model.InputException;
import org.statecraft.model.files.ManifestException;
import org.statecraft.model.safetensors.SafetensorsFile;
import org.statecraft.model.testing.Fixtures;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.stateoffset.StateOffset;
import org.statecraft.peft.stateoffset.StateOffsetConfig;
import org.statecraft.peft.stateoffset.StateOffsetConfig.Form;
import org.statecraft.peft.testing.RandomValues;

class AdapterFilesTest {
    private static final String MODEL = ModelCase.mamba2Names().get(0);

    @TempDir
    Path folder;

    private static StateOffset filled(ModelCase base, StateOffsetConfig config) {
        StateOffset adapter = StateOffset.create(base.model(), config, 3);
        RandomValues.fill(adapter, 4);
        return adapter;
    }

    private static StateOffsetConfig config(Form form) {
        return form == Form.LOW_RANK ? StateOffsetConfig.lowRank(2) : StateOffsetConfig.of(form);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void loadedAdapterIsTheSavedOneAndIsSavedToTheSameBytes(Form form) throws IOException {
        try (ModelCase base = ModelCase.open(MODEL);
                StateOffset adapter = filled(base, config(form))) {
            Path first = folder.resolve("first");
            Path second = folder.resolve("second");
            AdapterFiles.save(adapter, MODEL, first);
            try (TunableAdapter loaded = AdapterFiles.load(first, base.model())) {
                assertEquals(adapter.config(), loaded.config());
                assertFalse(loaded.untrained());
                assertEquals(
                        new ArrayList<>(adapter.parameters().keySet()),
                        new ArrayList<>(loaded.parameters().keySet()));
                adapter.parameters()
                        .forEach((key, tensor) -> assertArrayEquals(
                                tensor.toFloatArray(),
                                loaded.parameters().get(key).toFloatArray()));
                AdapterFiles.save(loaded, MODEL, second);
            }
            for (String file : List.of("adapter_config.json", "adapter_model.safetensors", "MANIFEST.json")) {
                assertEquals(-1, Files.mismatch(first.resolve(file), second.resolve(file)), file);
            }
        }
    }

    @Test
    void configHasSortedKeysAndThoseOfThePeftLayout() {
        try (ModelCase base = ModelCase.open(MODEL);
                StateOffset adapter = filled(base, StateOffsetConfig.lowRank(2))) {
            AdapterFiles.save(adapter, MODEL, folder.resolve("a"));
            JsonNode config = Fixtures.json(folder.resolve("a/adapter_config.json"));
            List<String> keys = new ArrayList<>();
            config.fieldNames().forEachRemaining(keys::add);
            assertEquals(keys.stream().sorted().toList(), keys);
            assertEquals("STATE_OFFSET", config.path("peft_type").asText());
            assertEquals("h_lowrank", config.path("variant").asText());
            assertEquals(2, config.path("r").asInt());
            assertEquals(MODEL, config.path("base_model_name_or_path").asText());
            assertEquals(
                    base.model().layers().get(0).shape().dInner(),
                    config.path("d_inner").asLong());
            try (SafetensorsFile tensors = SafetensorsFile.open(folder.resolve("a/adapter_model.safetensors"))) {
                assertEquals("pt", tensors.metadata().get("format"));
            }
        }
    }

    @Test
    void everyTensorThatDoesNotFitIsNamed() throws IOException {
        try (ModelCase base = ModelCase.open(MODEL);
                StateOffset adapter = filled(base, StateOffsetConfig.of(Form.OUTPUT))) {
            AdapterFiles.save(adapter, MODEL, folder.resolve("a"));
            edit("\"variant\": \"y\"", "\"variant\": \"h_head_shared\"");
            String message = loading(base, InputException.class);
            for (int layer : adapter.layers()) {
                assertTrue(message.contains("layers." + layer + ".mixer.state_offset_h_shared is missing"), message);
                assertTrue(message.contains("layers." + layer + ".mixer.state_offset_y has no place"), message);
            }
        }
    }

    @Test
    void tensorOfAnotherShapeIsNamedWithBothShapes() throws IOException {
        try (ModelCase base = ModelCase.open(MODEL);
                StateOffset adapter = filled(base, StateOffsetConfig.lowRank(2))) {
            AdapterFiles.save(adapter, MODEL, folder.resolve("a"));
            edit("\"r\": 2", "\"r\": 3");
            String message = loading(base, InputException.class);
            long inner = base.model().layers().get(0).shape().dInner();
            assertTrue(message.contains("has shape (" + inner + ", 2), expected (" + inner + ", 3)"), message);
        }
    }

    @Test
    void whatIsNoUsableAdapterIsRefusedWithAReason() throws IOException {
        try (ModelCase base = ModelCase.open(MODEL);
                StateOffset adapter = filled(base, StateOffsetConfig.lowRank(2))) {
            String none = assertThrows(InputException.class, () -> AdapterFiles.load(folder, base.model()))
                    .getMessage();
            assertTrue(none.contains("holds no adapter_config.json"), none);

            AdapterFiles.save(adapter, MODEL, folder.resolve("a"));
            assertThrows(InputException.class, () -> AdapterFiles.save(adapter, MODEL, folder.resolve("a")));
            String config = Files.readString(folder.resolve("a/adapter_config.json"));
            Files.writeString(folder.resolve("a/adapter_config.json"), config + " ");
            assertTrue(loading(base, ManifestException.class).contains("damaged"));

            edit("STATE_OFFSET", "MYSTERY");
            String unknown = loading(base, InputException.class);
            assertTrue(unknown.contains("peft_type is 'MYSTERY'; supported now: ADDITIONAL_SCAN, "), unknown);
            assertTrue(unknown.contains("LORA") && unknown.contains("STATE_OFFSET"), unknown);
            edit("MYSTERY", "STATE_OFFSET");
            edit("h_lowrank", "q");
            assertTrue(loading(base, InputException.class).contains("variant is 'q'; expected one of h, h_lowrank"));
            edit("\"q\"", "\"h_lowrank\"");
            edit("\"r\": 2", "\"r\": 0");
            assertTrue(loading(base, InputException.class).contains("rank 0; expected at least 1"));
            Files.writeString(folder.resolve("a/adapter_config.json"), "{\n  oops");
            assertTrue(loading(base, InputException.class).contains("adapter_config.json:2:"));
        }
    }

    /** Changes the configuration and removes the manifest, as another program would leave it. */
    private void edit(String from, String to) throws IOException {
        Path file = folder.resolve("a/adapter_config.json");
        String text = Files.readString(file);
        assertTrue(text.contains(from), text);
        Files.writeString(file, text.replace(from, to));
        Files.deleteIfExists(folder.resolve("a/MANIFEST.json"));
    }

    private String loading(ModelCase base, Class<? extends InputException> type) {
        return assertThrows(type, () -> AdapterFiles.load(folder.resolve("a"), base.model()))
                .getMessage();
    }
}
