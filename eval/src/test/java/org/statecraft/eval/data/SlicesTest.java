package org.statecraft.eval.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.files.Hashes;
import org.statecraft.model.records.TextInput;

/** The slices in recipes/data are what their SOURCE.md says. */
class SlicesTest {
    private static final Path DATA = Path.of(System.getProperty("statecraft.home"), "recipes", "data");
    private static final List<Slice> SLICES = List.of(
            new Slice("arc_easy/test", 64, 37, "arc_instructions", "arc/arc_easy_test.json.gz"),
            new Slice("arc_easy/train", 16, 140, "arc_instructions", "arc/arc_easy_train.json.gz"),
            new Slice("arc_challenge/test", 64, 18, "arc_instructions", "arc/arc_challenge_test.json.gz"),
            new Slice("boolq/validation", 64, 51, "boolq_jsonl", "boolq/boolq.jsonl.gz"),
            new Slice("hellaswag/validation", 64, 156, "hellaswag_text", "hellaswag/hellaswag_val_full.txt.gz"),
            new Slice("piqa/validation", 64, 28, "piqa_files", "piqa/valid.jsonl"),
            new Slice("openbookqa/test", 64, 7, "openbookqa_jsonl", "openbookqa/openbook_qa.jsonl"),
            new Slice("winogrande/validation", 64, 19, "winogrande_jsonl", "winogrande/dev.jsonl"),
            new Slice("qnli/validation", 64, 85, "qnli_tsv", "glue/QNLI/dev.tsv"),
            new Slice("dart/test", 64, 79, "dart", "dart/dart-v1.1.1-full-test.xml.gz"),
            new Slice("spider/validation", 64, 16, "spider", "spider/dev.json.gz"),
            new Slice("wikitext/test", 3, 20, "wikitext_pages", "wikitext/wiki.test.raw"));

    /** Every {@code stride}-th row of a file, from the first. */
    private record Slice(String name, int count, int stride, String loader, String file) {
        Path path() {
            return DATA.resolve(name + ".jsonl");
        }

        List<ObjectNode> rows() {
            return Dataset.rows("json", Map.of(), List.of(path()));
        }
    }

    static Stream<Slice> slices() {
        return SLICES.stream();
    }

    static Stream<Arguments> sources() {
        return RawTask.folders().filter(RawTask::isWhole).flatMap(folder -> SLICES.stream()
                .map(slice -> Arguments.of(slice, folder)));
    }

    @ParameterizedTest
    @MethodSource("slices")
    void slicesHaveTheHashesThatTheirSourceNames(Slice slice) {
        String source = TextInput.text(DATA.resolve("SOURCE.md"));

        assertTrue(source.contains("`" + Hashes.sha256(slice.path()) + "`"), slice.name());
        assertEquals(slice.count(), slice.rows().size());
    }

    @ParameterizedTest
    @MethodSource("slices")
    void answersOfASliceAreMixed(Slice slice) {
        Set<String> labels = slice.rows().stream()
                .flatMap(row -> Stream.of("label", "answerKey", "answer")
                        .filter(row::has)
                        .map(name -> row.get(name).asText()))
                .collect(Collectors.toSet());

        assertTrue(labels.isEmpty() || labels.size() > 1, labels::toString);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("sources")
    void slicesAreEveryFewthRowOfTheirFile(Slice slice, Path folder) {
        List<ObjectNode> all = Dataset.rows(slice.loader(), Map.of(), List.of(folder.resolve(slice.file())));

        List<ObjectNode> expected = Stream.iterate(0, i -> i + slice.stride())
                .limit(slice.count())
                .map(all::get)
                .toList();

        assertEquals(expected.toString(), slice.rows().toString());
    }
}
