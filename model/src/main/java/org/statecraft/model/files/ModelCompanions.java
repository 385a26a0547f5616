package org.statecraft.model.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of a model folder that are neither weights nor notes: configuration, tokenizer, generation. */
public final class ModelCompanions {
    /** Beside files whose names begin with {@code tokenizer}. */
    private static final List<String> NAMES =
            List.of("config.json", "generation_config.json", "params.json", "special_tokens_map.json", "vocab.json");

    private ModelCompanions() {}

    /** Their names, in order. */
    public static List<String> of(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("tokenizer") || NAMES.contains(name))
                    .sorted()
                    .toList();
        }
    }
}
