package org.statecraft.workbench.execute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.statecraft.model.files.Hashes;
import org.statecraft.model.files.IoFailures;
import org.statecraft.model.files.PublishedFolder;

/** The files of a model folder on which results depend. */
final class ModelFiles {
    private ModelFiles() {}

    /** Changes with any of the files of a model or an adapter. */
    static String fingerprint(Path folder) {
        Map<String, String> hashes = new TreeMap<>();
        of("", folder).forEach((name, file) -> {
            if (!name.endsWith("/" + PublishedFolder.MANIFEST)) {
                hashes.put(name, Hashes.sha256(file));
            }
        });
        return Hashes.sha256(hashes.toString());
    }

    /**
     * Configurations, tokenizer and weights.
     *
     * @param given the folder as given in the recipe
     * @return path by the path as given
     */
    static Map<String, Path> of(String given, Path folder) {
        Map<String, Path> found = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(Files::isRegularFile)
                    .filter(file ->
                            file.toString().endsWith(".json") || file.toString().endsWith(".safetensors"))
                    .forEach(file -> found.put(given + "/" + file.getFileName(), file));
            return found;
        } catch (IOException e) {
            throw IoFailures.reading(folder, e);
        }
    }
}
