package org.statecraft.workbench.recipe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A folder with a model, a text, two tasks and the recipes of a test.
 *
 * <p>A recipe may hold marks: each {@code §} stands right before a token at which a problem is expected.
 */
final class RecipeFolder {
    static final String RECIPE =
            """
            name: test
            model: model
            steps:
              - evaluate: {tasks: [verse]}
              - tune:
                  method: {type: state-offset, form: low-rank, rank: 4}
                  data: {text: text.txt, length: 16}
                  optimizer: {learning-rate: 1e-2, steps: 10}
            """;

    private final Path folder;
    private final List<String> places = new ArrayList<>();

    RecipeFolder(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder.resolve("model"));
        Files.createDirectories(folder.resolve("tasks"));
        Files.writeString(folder.resolve("text.txt"), "a text ".repeat(100));
        Files.writeString(folder.resolve("held-out.txt"), "another ".repeat(100));
        for (String task : List.of("verse", "prose")) {
            Files.writeString(
                    folder.resolve("tasks/" + task + ".yaml"),
                    """
                    task: %s
                    dataset_path: text
                    dataset_kwargs: {sample_by: document, data_files: {test: ../held-out.txt}}
                    test_split: test
                    output_type: loglikelihood_rolling
                    doc_to_text: ""
                    doc_to_target: "{{text}}"
                    metric_list: [{metric: bits_per_byte}]
                    metadata: {version: 1.0}
                    """
                            .formatted(task));
        }
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    /** Writes a file without its marks and remembers where they were. */
    Path write(String name, String marked) throws IOException {
        Path file = folder.resolve(name);
        places.removeIf(place -> place.startsWith(file + ":"));
        StringBuilder text = new StringBuilder();
        int line = 1;
        int column = 1;
        for (int i = 0; i < marked.length(); i++) {
            char c = marked.charAt(i);
            if (c == '§') {
                places.add(file + ":" + line + ":" + column);
                continue;
            }
            text.append(c);
            line += c == '\n' ? 1 : 0;
            column = c == '\n' ? 1 : column + 1;
        }
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        return file;
    }

    /** The marks of all files that were written, as {@code file:line:column}. */
    List<String> places() {
        return places;
    }

    static String place(Problem problem) {
        return problem.file() + ":" + problem.line() + ":" + problem.column();
    }
}
