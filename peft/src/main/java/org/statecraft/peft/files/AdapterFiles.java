package org.statecraft.peft.files;

import java.nio.file.Files;
import java.nio.file.Path;
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
        Map<String, Object> config = new TreeMap<>(adapter.config());
        config.put("peft_type", adapter.type());
        config.put("task_type", "CAUSAL_LM");
        config.put("base_model_name_or_path", baseModel);
        config.put("revision", null);
        config.put("inference_mode", true);
        config.put("auto_mapping", null);
        PublishedFolder.publish(folder, temporary -> {
            AtomicFiles.writeJson(temporary.resolve(CONFIG), config);
            SafetensorsWriter.write(temporary.resolve(TENSORS), adapter.parameters(), Map.of());
            more.accept(temporary);
        });
    }

    /**
     * Loads an adapter for a model. A folder with a manifest is checked against it first; those of other programs have none.
     *
     * @return to be closed by the caller; not yet part of the model, see {@link LanguageModel#with}
     * @throws InputException when the folder is damaged, of an unknown method, or does not fit the model
     */
    public static TunableAdapter load(Path folder, LanguageModel model) {
        Path config = folder.resolve(CONFIG);
        if (!Files.isRegularFile(config)) {
            throw new InputException(
                    folder + " holds no " + CONFIG + "; expected an adapter folder with it and " + TENSORS);
        }
        if (Files.exists(folder.resolve(PublishedFolder.MANIFEST))) {
            PublishedFolder.verify(folder);
        }
        try (SafetensorsFile tensors = SafetensorsFile.open(folder.resolve(TENSORS))) {
            return AdapterMethods.load(model, new StoredAdapter(config, JsonFiles.read(config), tensors));
        }
    }
}
