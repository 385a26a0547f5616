package org.statecraft.peft.testing;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.model.safetensors.SafetensorsFile;
import org.statecraft.model.testing.Fixtures;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.files.AdapterFiles;

/**
 * One state-offset case of {@code fixtures/peft}: the adapter, loaded as a PEFT folder on its model, and what it must compute.
 * Cases come from {@code manifest.json}.
 */
public final class OffsetCase implements AutoCloseable {
    private static final Map<String, String> VARIANTS = Map.of(
            "state_offset_h", "h",
            "state_offset_y", "y",
            "state_offset_h_lowrank", "h_lowrank",
            "state_offset_h_shared", "h_head_shared");

    private final Name name;
    private final Path folder;
    private final JsonNode figures;
    private final ModelCase base;
    private final SafetensorsFile golden;
    private final TunableAdapter adapter;

    /** A model and a method. */
    public record Name(String model, String method) {}

    private OffsetCase(Name name, Path workFolder) {
        this.name = name;
        this.folder = Fixtures.dir("peft").resolve(name.model).resolve(name.method);
        this.figures = Fixtures.json(folder.resolve("golden.json"));
        this.base = ModelCase.open(name.model);
        this.golden = SafetensorsFile.open(folder.resolve("golden.safetensors"));
        this.adapter = AdapterFiles.load(asPeftFolder(workFolder), base.model());
    }

    /** All cases on Mamba-2 models. */
    public static List<Name> names() {
        JsonNode methods =
                Fixtures.json(Fixtures.dir("peft").resolve("manifest.json")).path("methods");
        List<Name> names = new ArrayList<>();
        for (String model : ModelCase.mamba2Names()) {
            methods.path(model).forEach(method -> {
                if (method.asText().startsWith("state_offset")) {
                    names.add(new Name(model, method.asText()));
                }
            });
        }
        if (names.isEmpty()) {
            throw new IllegalStateException("manifest.json names no state offset on a Mamba-2 model");
        }
        return names;
    }

    /**
     * Opens a case.
     *
     * @param workFolder a temporary folder
     */
    public static OffsetCase open(Name name, Path workFolder) {
        return new OffsetCase(name, workFolder);
    }

    private Path asPeftFolder(Path workFolder) {
        Map<String, Object> config = new TreeMap<>();
        config.put("peft_type", "STATE_OFFSET");
        config.put("variant", VARIANTS.get(name.method));
        config.put("r", figures.has("r") ? figures.get("r").asInt() : null);
        config.put("some_key_of_a_later_version", true);
        Path target = workFolder.resolve(name.model + "-" + name.method);
        try {
            AtomicFiles.writeJson(target.resolve("adapter_config.json"), config);
            Files.copy(folder.resolve("adapter.safetensors"), target.resolve("adapter_model.safetensors"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target;
    }

    public ModelCase base() {
        return base;
    }

    public TunableAdapter adapter() {
        return adapter;
    }

    public JsonNode figures() {
        return figures;
    }

    public NDArray golden(String key) {
        return golden.array(base.scope(), key);
    }

    /** A further file of the case, null where it has none. */
    public Path file(String fileName) {
        Path file = folder.resolve(fileName);
        return Files.exists(file) ? file : null;
    }

    @Override
    public void close() {
        adapter.close();
        golden.close();
        base.close();
    }
}
