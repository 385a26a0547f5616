package org.statecraft.eval.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.model.testing.Fixtures;
import org.statecraft.model.testing.Tolerances;

/**
 * Golden values of the text metrics.
 *
 * <p>The system property {@code statecraft.shared} may name a folder with {@code fixtures/eval/metrics_samsum.json} and {@code data/samsum};
 * their licence keeps them out of the project, so tests cover them only where they are.
 */
final class TextFixtures {
    private static final JsonNode METRICS = EvalFixtures.json("metrics.json");

    private TextFixtures() {}

    /** A prediction with its references and what every tool made of them. */
    static Stream<Named<JsonNode>> cases() {
        return named("text_cases");
    }

    static Stream<Named<JsonNode>> corpora() {
        return named("corpora");
    }

    static JsonNode wholeFiles() {
        return METRICS.get("whole_files");
    }

    /** A file below the folder that {@code statecraft.shared} names, if it is there. */
    static Optional<Path> shared(String path) {
        return Optional.ofNullable(System.getProperty("statecraft.shared"))
                .map(root -> Path.of(root, path))
                .filter(Files::isReadable);
    }

    /** The lines of a published system output, or of its references, over the test split of DART. */
    static List<String> dart(String file) {
        return EvalFixtures.lines(Fixtures.dir("eval", "dart_metric_check").resolve(file + ".gz"));
    }

    static List<String> dartPredictions() {
        return dart("bart-large_dart.txt");
    }

    /** One list for each item; {@code missing} stands where an item has fewer references than others. */
    static List<List<String>> dartReferences(int count, String missing) {
        List<List<String>> columns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            columns.add(dart("all-delex-reference" + i + ".lex").stream()
                    .map(line -> line.isBlank() ? missing : line)
                    .toList());
        }
        return transposed(columns);
    }

    /** From one list for each reference position to one list for each document. */
    static List<List<String>> transposed(List<List<String>> columns) {
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < columns.get(0).size(); i++) {
            String[] row = new String[columns.size()];
            for (int k = 0; k < row.length; k++) {
                row[k] = columns.get(k).get(i);
            }
            rows.add(Arrays.asList(row)); // unlike List.of it takes the null of a missing reference
        }
        return rows;
    }

    /** Strings of an array; null stays null. */
    static List<String> strings(JsonNode array) {
        return Arrays.asList(
                EvalFixtures.elements(array).map(JsonNode::textValue).toArray(String[]::new));
    }

    static List<List<String>> columns(JsonNode arrays) {
        return EvalFixtures.elements(arrays).map(TextFixtures::strings).toList();
    }

    static void assertClose(double expected, double found, String what) {
        assertEquals(expected, found, Tolerances.METRIC_RELATIVE * Math.abs(expected), what);
    }

    private static Stream<Named<JsonNode>> named(String key) {
        Stream<JsonNode> own = EvalFixtures.elements(METRICS.get(key));
        Stream<JsonNode> others = shared("fixtures/eval/metrics_samsum.json")
                .map(Fixtures::json)
                .map(json -> EvalFixtures.elements(json.get(key)))
                .orElseGet(Stream::empty);
        return Stream.concat(own, others).map(node -> Named.of(node.get("name").textValue(), node));
    }
}
