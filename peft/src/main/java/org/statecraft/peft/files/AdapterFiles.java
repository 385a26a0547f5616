package org.statecraft.peft.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.model.files.IOConsumer;
import org.statecraft.model.files.JsonFiles;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.model.safetensors.SafetensorsFile;
import org.statecraft.model.safetensors.SafetensorsWriter;
import org.statecraft.peft.StoredAdapter;
import org.statecraft.peft.Together;
import org.statecraft.peft.TunableAdapter;

/**
 * Adapter folders: {@code adapter_config.json} (sorted keys), {@code adapter_model.safetensors}, and the manifest of
 * {@link PublishedFolder}. Equal adapters give equal bytes.
 *
 * <p>Layout: that of Hugging Face peft, see {@code docs/state-offset.md}.
 */
public final class AdapterFiles {
    public static final String CONFIG = "adapter_config.json";

    public static final String TENSORS = "adapter_model.safetensors";

    private AdapterFiles() {}

    /**
     * Publishes an adapter as a new folder.
     *
     * @param baseModel what {@code base_model_name_or_path} says
     * @throws InputException when the folder exists or cannot be written
     */
    public static void save(TunableAdapter adapter, String baseModel, Path folder) {
        save(adapter, baseModel, folder, nothing -> {});
    }

    /**
     * As above, with further files beside those of the layout.
     *
     * @param more is given the folder before its manifest is written
     */
    public static void save(TunableAdapter adapter, String baseModel, Path folder, IOConsumer<Path> more) {
        PublishedFolder.publish(folder, temporary -> {
            write(adapter, baseModel, temporary);
            more.accept(temporary);
        });
    }

    private static void write(TunableAdapter adapter, String baseModel, Path folder) throws IOException {
        Map<String, Object> config = new TreeMap<>(adapter.config());
        config.put("peft_type", adapter.type());
        config.put("task_type", "CAUSAL_LM");
        config.put("base_model_name_or_path", baseModel);
        config.put("revision", null);
        config.put("inference_mode", true);
        config.put("auto_mapping", null);
        if (config.get("prompt_tuning_init_text") != null) {
            // where a prompt began as a text, peft does not read a configuration that names no tokenizer
            config.put("tokenizer_name_or_path", baseModel);
        }
        if (!adapter.covered().isEmpty()) {
            config.put(StoredAdapter.COVERED, adapter.covered());
        }
        AtomicFiles.writeJson(folder.resolve(CONFIG), config);
        if (adapter instanceof Together together) {
            for (int i = 0; i < together.parts().size(); i++) {
                write(together.parts().get(i), baseModel, Files.createDirectory(folder.resolve(part(i))));
            }
        } else {
            SafetensorsWriter.write(folder.resolve(TENSORS), adapter.stored(), Map.of());
        }
    }

    /** Folder of a part of {@link Together}. */
    private static String part(int index) {
        return "part-" + (index + 1);
    }

    /**
     * Loads an adapter for a model. A folder with a manifest is checked against it first; those of other programs have none.
     *
     * @return to be closed by the caller; not yet part of the model, see {@link LanguageModel#with}
     * @throws InputException when the folder is damaged, of an unknown method, or does not fit the model
     */
    public static TunableAdapter load(Path folder, LanguageModel model) {
        if (Files.exists(folder.resolve(PublishedFolder.MANIFEST))) {
            PublishedFolder.verify(folder);
        }
        return read(folder, model);
    }

    private static TunableAdapter read(Path folder, LanguageModel model) {
        Path file = folder.resolve(CONFIG);
        if (!Files.isRegularFile(file)) {
            throw new InputException(
                    folder + " holds no " + CONFIG + "; expected an adapter folder with it and " + TENSORS);
        }
        JsonNode config = JsonFiles.read(file);
        if (config.path("peft_type").asText().equals(Together.TYPE)) {
            return parts(folder, config.path("parts").size(), model);
        }
        try (SafetensorsFile tensors = SafetensorsFile.open(folder.resolve(TENSORS))) {
            return AdapterMethods.load(model, new StoredAdapter(file, config, tensors));
        }
    }

    private static Together parts(Path folder, int count, LanguageModel model) {
        List<TunableAdapter> parts = new ArrayList<>();
        try {
            LanguageModel adapted = model;
            for (int i = 0; i < count; i++) {
                TunableAdapter part = read(folder.resolve(part(i)), adapted);
                parts.add(part);
                adapted = adapted.with(part);
            }
            return new Together(parts);
        } catch (RuntimeException e) {
            parts.forEach(TunableAdapter::close);
            throw e;
        }
    }
}
