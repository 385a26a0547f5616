package org.statecraft.eval.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.eval.python.PythonJson;
import org.statecraft.eval.python.PythonWhitespace;
import org.statecraft.model.files.Hashes;

/** Released files give the rows that the harness got, field by field and in their order. */
class HarnessRowsTest {
    private static final Map<String, List<JsonNode>> GOLDEN = EvalFixtures.objects("prompts.jsonl.gz").stream()
            .collect(Collectors.groupingBy(line -> line.get("task").textValue()));

    static Stream<Arguments> files() {
        return RawTask.folders().flatMap(folder -> RawTask.ALL.stream()
                .filter(task -> GOLDEN.containsKey(task.name()))
                .map(task -> Arguments.of(task, folder)));
    }

    static Stream<Arguments> wholeFiles() {
        return wholeFolders().flatMap(folder -> RawTask.ALL.stream().map(task -> Arguments.of(task, folder)));
    }

    static Stream<Path> wholeFolders() {
        return folders().filter(RawTask::isWhole);
    }

    static Stream<Path> folders() {
        return RawTask.folders();
    }

    @ParameterizedTest
    @MethodSource("files")
    void rowsEqualThoseOfTheHarness(RawTask task, Path folder) {
        List<ObjectNode> rows = task.rows(folder);
        int compared = 0;

        for (JsonNode golden : GOLDEN.get(task.name())) {
            int index = golden.get("doc_index").intValue();
            if (index < rows.size()) {
                String text = PythonJson.indented(rows.get(index));
                assertEquals(PythonJson.indented(golden.get("row")), text, () -> task.name() + " " + index);
                if (!task.name().equals("hellaswag")) { // its hash is over more fields, which the task adds
                    assertEquals(golden.get("doc_hash").textValue(), Hashes.sha256(text));
                }
                compared++;
            }
        }

        assertEquals(RawTask.isWhole(folder) ? 30 : 15, compared);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("wholeFiles")
    void wholeFilesHoldAllDocuments(RawTask task, Path folder) {
        assertEquals(task.documents(), task.rows(folder).size());
    }

    @ParameterizedTest
    @MethodSource("folders")
    void pagesOfWikitextAreThoseOfTheHarness(Path folder) {
        RawTask task = RawTask.ALL.get(RawTask.ALL.size() - 1);
        List<String> pages = task.rows(folder).stream()
                .map(row -> row.get("page").textValue())
                .toList();
        int compared = 0;

        for (JsonNode golden : EvalFixtures.objects("prompts_wikitext.jsonl.gz")) {
            int index = golden.get("doc_index").intValue();
            if (index < pages.size()) {
                String page = pages.get(index);
                assertEquals(golden.get("page_sha256").textValue(), Hashes.sha256(page));
                assertEquals(golden.get("words").longValue(), PythonWhitespace.splitCount(page));
                assertEquals(golden.get("bytes").intValue(), bytes(page));
                compared++;
            }
        }

        assertEquals(RawTask.isWhole(folder) ? 30 : 2, compared);
        if (RawTask.isWhole(folder)) {
            assertEquals(62, pages.size());
            assertEquals(
                    241335,
                    pages.stream().mapToLong(PythonWhitespace::splitCount).sum());
            assertEquals(
                    1290527, pages.stream().mapToInt(HarnessRowsTest::bytes).sum());
        }
    }

    /** As Python gives it: {@code "\\n\\n".join(row if row.strip() else "" for row in open(file))}. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("wholeFolders")
    void theTextOfPruningPapersIsTheJoinedRowsOfWikitext(Path folder) {
        String text = Dataset.rows("wikitext_joined", Map.of(), List.of(folder.resolve("wikitext/wiki.test.raw")))
                .get(0)
                .get("text")
                .textValue();

        assertEquals("696cca6b65a171b0a358a4be6732cdfdf2dd6164a32e20fd70e3c13fc4dfae83", Hashes.sha256(text));
    }

    @ParameterizedTest
    @MethodSource("folders")
    void contextsOfHellaswagAreCutWhereASentenceBeginsInLowerCase(Path folder) {
        List<ObjectNode> rows = RawTask.ALL.get(1).rows(folder);
        long begun = rows.stream()
                .filter(row -> !row.get("ctx_b").textValue().isEmpty())
                .count();

        assertTrue(begun > 0);
        if (RawTask.isWhole(folder)) {
            assertEquals(3243, begun);
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("wholeFolders")
    void filesOfTuningAndOfShotsHoldAllRecords(Path folder) {
        assertEquals(5097, count("dart", folder.resolve("dart/dart-v1.1.1-full-test.xml.gz")));
        assertEquals(2768, count("dart", folder.resolve("dart/dart-v1.1.1-full-dev.json.gz")));
        assertEquals(1034, count("spider", folder.resolve("spider/dev.json.gz")));
        assertEquals(819, count("samsum", folder.resolve("samsum/test.jsonl")));
        assertEquals(2251, count("arc_instructions", folder.resolve("arc/arc_easy_train.json.gz")));
        assertEquals(1119, count("arc_instructions", folder.resolve("arc/arc_challenge_train.json.gz")));
        assertEquals(4957, count("openbookqa_jsonl", folder.resolve("openbookqa/train.json.gz")));
        assertEquals(10234, count("winogrande_jsonl", folder.resolve("winogrande/train_l.jsonl.gz")));
        assertEquals(67349, count("sst2_tsv", folder.resolve("glue/SST-2/train.tsv.gz")));
        assertEquals(8551, count("cola_tsv", folder.resolve("glue/CoLA/in_domain_train.tsv")));
        assertEquals(4076, count("mrpc_txt", folder.resolve("glue/MRPC/msr_paraphrase_train.txt")));
        assertEquals(2490, count("rte_tsv", folder.resolve("glue/RTE/train.tsv")));
    }

    private static int count(String loader, Path file) {
        return Dataset.rows(loader, Map.of(), List.of(file)).size();
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
