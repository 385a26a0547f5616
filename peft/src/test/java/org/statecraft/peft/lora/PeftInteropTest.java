package org.statecraft.peft.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;
import static org.statecraft.model.testing.Close.assertCloseToScale;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.training.GradientCollector;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.safetensors.SafetensorsFile;
import org.statecraft.model.safetensors.SafetensorsWriter;
import org.statecraft.model.testing.Fixtures;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.files.AdapterFiles;
import org.statecraft.peft.lora.LoraConfig.Variant;
import org.statecraft.peft.testing.RandomValues;

/** Folders that Hugging Face peft wrote, and folders that it has to understand. */
class PeftInteropTest {
    private static final String MODEL = "mamba2-tiny-g1";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path temporary;

    record Case(String folder, KernelCase base) {}

    static List<Case> cases() {
        return Stream.of("lora", "rslora", "dora")
                .flatMap(variant -> KernelCase.mamba2().stream()
                        .filter(base -> base.model().equals(MODEL))
                        .map(base -> new Case(variant + "-in_proj", base)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void logitsLossAndGradientsAreThoseOfPeft(Case c) {
        Path folder = Fixtures.dir("peft", "interop", c.folder);
        JsonNode figures = Fixtures.json(folder.resolve("golden.json"));
        boolean rs = c.folder.startsWith("rs");
        try (ModelCase base = c.base.open();
                SafetensorsFile golden = SafetensorsFile.open(folder.resolve("golden.safetensors"));
                TunableAdapter adapter = AdapterFiles.load(folder.resolve("adapter"), base.model())) {
            LanguageModel model = base.model().with(adapter);
            NDArray ids = golden.array(base.scope(), "input_ids");
            NDArray labels = golden.array(base.scope(), "labels");
            assertClose(
                    "logits",
                    golden.array(base.scope(), "logits"),
                    model.logits(model.forward(ids).hidden()),
                    rs ? Tolerances.RSLORA_LOGITS : Tolerances.LOGITS);
            assertEquals(figures.path("trainable_parameters").asLong(), adapter.parameterCount());
            adapter.parameters().values().forEach(parameter -> parameter.setRequiresGradient(true));
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray loss = model.lossSum(TokenBatch.of(ids), labels)
                        .div(base.figures().path("loss_counted_tokens").asInt());
                collector.backward(loss);
                assertEquals(figures.path("loss").asDouble(), loss.getFloat(), Tolerances.LOSS);
            }
            adapter.parameters()
                    .forEach((key, parameter) -> assertCloseToScale(
                            key,
                            golden.array(base.scope(), "grad." + key),
                            parameter.getGradient(),
                            rs ? Tolerances.RSLORA_GRADIENT_RELATIVE : Tolerances.GRADIENT_RELATIVE));
        }
    }

    @ParameterizedTest
    @CsvSource({"lora", "rslora", "dora"})
    void aFolderOfPeftIsSavedWithTheSameKeysAndValues(String variant) throws IOException {
        Path original = Fixtures.dir("peft", "interop", variant + "-in_proj", "adapter");
        Path saved = temporary.resolve("saved");
        try (ModelCase base = ModelCase.open(MODEL);
                TunableAdapter adapter = AdapterFiles.load(original, base.model())) {
            AdapterFiles.save(adapter, MODEL, saved);
        }
        assertEquals(
                Fixtures.json(original.resolve("adapter_config.json")),
                Fixtures.json(saved.resolve("adapter_config.json")));
        try (SafetensorsFile before = SafetensorsFile.open(original.resolve("adapter_model.safetensors"));
                SafetensorsFile after = SafetensorsFile.open(saved.resolve("adapter_model.safetensors"))) {
            assertEquals(before.tensors().keySet(), after.tensors().keySet());
        }
    }

    @Test
    void everyPlaceAndPatternComesBackFromItsFolder() throws IOException {
        LoraConfig config =
                new LoraConfig(Variant.RSLORA, 3, 2.5, Map.of("out_proj", 2), Map.of("layers.1.mixer.in_proj.x", 4.0));
        List<String> targets = List.of("x", "dt", "out_proj", "conv1d", "embeddings");
        Path first = temporary.resolve("first");
        Path second = temporary.resolve("second");
        try (ModelCase base = ModelCase.open(MODEL);
                Lora adapter = Lora.create(base.model(), config, targets, LayerRange.ALL, 1)) {
            RandomValues.fill(adapter, 2);
            AdapterFiles.save(adapter, MODEL, first);
            try (TunableAdapter loaded = AdapterFiles.load(first, base.model())) {
                assertEquals(adapter.config(), loaded.config());
                assertClose("logits", logits(base, adapter), logits(base, loaded), 0);
                AdapterFiles.save(loaded, MODEL, second);
            }
        }
        for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
            assertEquals(-1, Files.mismatch(first.resolve(file), second.resolve(file)), file);
        }
        JsonNode written = Fixtures.json(first.resolve("adapter_config.json"));
        assertEquals(
                JSON.readTree("[\"conv1d\", \"embeddings\", \"in_proj.dt\", \"in_proj.x\", \"lm_head\", \"out_proj\"]"),
                written.path("target_modules"));
        assertTrue(written.path("ensure_weight_tying").asBoolean(), "peft then lets the head follow, too");
    }

    @Test
    void aChoiceOfLayersIsWrittenAsPathsThatPeftMatchesExactly() throws IOException {
        try (ModelCase base = ModelCase.open(MODEL);
                Lora adapter = Lora.create(
                        base.model(),
                        new LoraConfig(Variant.LORA, 2, 2),
                        List.of("in_proj"),
                        new LayerRange("1-2"),
                        1)) {
            AdapterFiles.save(adapter, MODEL, temporary.resolve("a"));
            JsonNode config = Fixtures.json(temporary.resolve("a/adapter_config.json"));
            assertEquals(
                    JSON.readTree("[\"backbone.layers.1.mixer.in_proj\", \"backbone.layers.2.mixer.in_proj\"]"),
                    config.path("target_modules"));
            try (TunableAdapter loaded = AdapterFiles.load(temporary.resolve("a"), base.model())) {
                assertEquals(List.of(1, 2), loaded.layers());
            }
        }
    }

    private static NDArray logits(ModelCase base, TunableAdapter adapter) {
        LanguageModel model = base.model().with(adapter);
        return model.logits(model.forward(base.array("input_ids").get(":, :9")).hidden());
    }

    /** An adapter of the embedding as peft writes it: the head stays, whether the name is spelled one way or the other. */
    @ParameterizedTest
    @CsvSource({"backbone.embeddings, false", "backbone.embedding, false", "backbone.embedding, true"})
    void theHeadStaysUnlessTheFolderTiesIt(String spelled, boolean ties) throws IOException {
        try (ModelCase base = ModelCase.open(MODEL);
                Lora follows = Lora.create(
                        base.model(), new LoraConfig(Variant.LORA, 2, 4), List.of("embeddings"), LayerRange.ALL, 1)) {
            RandomValues.fill(follows, 2);
            Map<String, NDArray> tensors = new LinkedHashMap<>();
            follows.parameters()
                    .forEach((key, tensor) -> tensors.put(key.replace("backbone.embeddings", spelled), tensor));
            if (ties) { // the views of the factors that peft stores for the head
                follows.parameters()
                        .forEach((key, tensor) -> tensors.put(
                                "base_model.model.lm_head.lora_" + (key.endsWith("A") ? "B" : "A") + ".weight",
                                tensor.transpose()));
            }
            AdapterFiles.save(follows, MODEL, temporary.resolve("a"));
            edit(config -> config.put("ensure_weight_tying", ties));
            SafetensorsWriter.write(temporary.resolve("a/adapter_model.safetensors"), tensors, Map.of());
            try (TunableAdapter loaded = AdapterFiles.load(temporary.resolve("a"), base.model())) {
                assertEquals(follows.parameters().keySet(), loaded.parameters().keySet());
                LanguageModel model = base.model().with(loaded);
                NDArray ids = base.array("input_ids").get(":, :5");
                NDArray hidden = base.model().with(follows).forward(ids).hidden();
                assertClose("hidden", hidden, model.forward(ids).hidden(), 0);
                LanguageModel head = ties ? base.model().with(follows) : base.model();
                assertClose("head", head.logits(hidden), model.logits(hidden), 0);
                assertEquals(ties, loaded.whyNotMerged() == null);
                assertEquals(ties, loaded.config().get("ensure_weight_tying"));
            }
        }
    }

    @Test
    void whatIsOnlyInformationIsNotRead() throws IOException {
        try (ModelCase base = ModelCase.open(MODEL)) {
            interop("lora-in_proj");
            edit(config -> {
                config.put("target_modules", ".*\\.(in|out)_proj");
                config.putArray("layers_to_transform").add(7);
                config.put("a_key_of_the_future", "x");
                config.put("lora_dropout", 0.1);
            });
            try (TunableAdapter loaded = AdapterFiles.load(temporary.resolve("a"), base.model())) {
                assertEquals(List.of(0, 1, 2), loaded.layers());
                assertNull(loaded.whyNotMerged());
                assertFalse(loaded.untrained());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            {"bias": "all"}                              | bias is "all", which trains biases
            {"modules_to_save": ["lm_head"]}             | modules_to_save is ["lm_head"], which replaces whole modules
            {"fan_in_fan_out": true}                     | fan_in_fan_out is true, which
            {"lora_bias": true}                          | lora_bias is true, which
            {"layer_replication": [[0, 2], [1, 3]]}      | layer_replication is [[0,2],[1,3]], which
            {"trainable_token_indices": [1]}             | trainable_token_indices is [1], which
            {"init_lora_weights": "pissa_niter_4"}       | init_lora_weights is "pissa_niter_4", which
            {"use_qalora": true, "lora_bias": true}      | lora_bias is true, which adds a bias to the factor B; use_qalora
            {"r": null}                                  | r is null; expected a number above 0
            {"r": 3}                                     | lora_A.weight has shape (4, 32), expected (3, 32)
            {"rank_pattern": {"layers.1.mixer.in_proj": 2}} | layers.1.mixer.in_proj.lora_A.weight has shape (4, 32), expected (2
            {"lora_alpha": -1}                           | alpha -1.0; expected both above 0
            {"use_dora": true}                           | in_proj.lora_magnitude_vector is missing
            """)
    void whatWouldChangeTheResultIsRefused(String change, String part) throws IOException {
        try (ModelCase base = ModelCase.open(MODEL)) {
            interop("lora-in_proj");
            edit(config -> config.setAll((ObjectNode) readTree(change)));
            String message = assertThrows(
                            InputException.class, () -> AdapterFiles.load(temporary.resolve("a"), base.model()))
                    .getMessage();
            assertTrue(message.contains(part), message);
            assertTrue(message.startsWith(temporary.resolve("a").toString()), message);
        }
    }

    private static JsonNode readTree(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void interop(String name) throws IOException {
        Path from = Fixtures.dir("peft", "interop", name, "adapter");
        Path to = Files.createDirectory(temporary.resolve("a"));
        for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
            Files.copy(from.resolve(file), to.resolve(file));
        }
    }

    /** Changes the configuration, as another program would leave it. */
    private void edit(Consumer<ObjectNode> change) throws IOException {
        Path file = temporary.resolve("a/adapter_config.json");
        ObjectNode config = (ObjectNode) JSON.readTree(file.toFile());
        change.accept(config);
        JSON.writeValue(file.toFile(), config);
        Files.deleteIfExists(temporary.resolve("a/MANIFEST.json"));
    }
}
