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
import java.util.Set;
import java.util.TreeMap;
import org.statecraft.model.Kernels;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.model.safetensors.SafetensorsFile;
import org.statecraft.model.testing.Fixtures;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.files.AdapterFiles;

/**
 * One case of {@code fixtures/peft}: the adapter, loaded as a PEFT folder on its model, and what it must compute. Cases come from
 * {@code manifest.json}.
 */
public final class AdapterCase implements AutoCloseable {
    /** What {@code adapter_config.json} says, by method of the fixtures; rank, alpha and the kind of LoRA come from the case. */
    private static final Map<String, Map<String, Object>> CONFIGS = Map.ofEntries(
            Map.entry("state_offset_h", Map.of("peft_type", "STATE_OFFSET", "variant", "h")),
            Map.entry("state_offset_y", Map.of("peft_type", "STATE_OFFSET", "variant", "y")),
            Map.entry("state_offset_h_lowrank", Map.of("peft_type", "STATE_OFFSET", "variant", "h_lowrank")),
            Map.entry("state_offset_h_shared", Map.of("peft_type", "STATE_OFFSET", "variant", "h_head_shared")),
            Map.entry("h0", Map.of("peft_type", "INITIAL_STATE", "variant", "h0")),
            Map.entry("h0_conv", Map.of("peft_type", "INITIAL_STATE", "variant", "h0_conv")),
            Map.entry("prompt", Map.of("peft_type", "PROMPT_TUNING", "num_virtual_tokens", 5)),
            Map.entry("prefix", Map.of("peft_type", "AFFIX_TUNING", "num_virtual_tokens", 3)),
            Map.entry("lora_in_proj", Map.of("peft_type", "LORA")),
            Map.entry("lora_out_proj", Map.of("peft_type", "LORA")),
            Map.entry("lora_in_out", Map.of("peft_type", "LORA")),
            Map.entry("lora_x_proj", Map.of("peft_type", "LORA")),
            Map.entry("rslora_in_out", Map.of("peft_type", "LORA")),
            Map.entry("dora_in_proj", Map.of("peft_type", "LORA")));

    private final Name name;
    private final Path folder;
    private final JsonNode figures;
    private final ModelCase base;
    private final SafetensorsFile golden;
    private final TunableAdapter adapter;

    /** A model, a method and the kernel that runs it. */
    public record Name(String model, String method, Kernels kernel) {}

    private AdapterCase(Name name, Path workFolder) {
        this.name = name;
        this.folder = Fixtures.dir("peft").resolve(name.model).resolve(name.method);
        this.figures = Fixtures.json(folder.resolve("golden.json"));
        this.base = ModelCase.open(name.model, name.kernel.make());
        this.golden = SafetensorsFile.open(folder.resolve("golden.safetensors"));
        this.adapter = AdapterFiles.load(asPeftFolder(workFolder), base.model());
    }

    /** All cases, with both kernels. */
    public static List<Name> names() {
        JsonNode methods =
                Fixtures.json(Fixtures.dir("peft").resolve("manifest.json")).path("methods");
        List<Name> names = new ArrayList<>();
        methods.properties().forEach(model -> model.getValue().forEach(method -> {
            if (CONFIGS.containsKey(method.asText())) {
                names.add(new Name(model.getKey(), method.asText(), Kernels.REFERENCE));
                names.add(new Name(model.getKey(), method.asText(), Kernels.FUSED));
            }
        }));
        if (names.isEmpty()) {
            throw new IllegalStateException("manifest.json names no method");
        }
        return names;
    }

    /**
     * Opens a case.
     *
     * @param workFolder a temporary folder
     */
    public static AdapterCase open(Name name, Path workFolder) {
        return new AdapterCase(name, workFolder);
    }

    private Path asPeftFolder(Path workFolder) {
        Map<String, Object> config = new TreeMap<>(CONFIGS.get(name.method));
        config.put("r", figures.has("r") ? figures.get("r").asInt() : null);
        config.put("lora_alpha", figures.has("alpha") ? figures.get("alpha").asInt() : null);
        config.put("use_rslora", figures.path("use_rslora").asBoolean());
        config.put("use_dora", figures.path("use_dora").asBoolean());
        config.put("some_key_of_a_later_version", true);
        Path target = workFolder.resolve(name.model + "-" + name.method + "-" + name.kernel);
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

    /** Names of all golden values. */
    public Set<String> goldenKeys() {
        return golden.tensors().keySet();
    }

    public double logitsTolerance() {
        return name.method.startsWith("rslora") ? Tolerances.RSLORA_LOGITS : Tolerances.LOGITS;
    }

    public double gradientTolerance() {
        return name.method.startsWith("rslora") ? Tolerances.RSLORA_GRADIENT_RELATIVE : Tolerances.GRADIENT_RELATIVE;
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
