package org.statecraft.workbench.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.InputException;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.Summary.Score;
import org.statecraft.workbench.table.TableFormat;

/** How result and sample files are found and read. */
class HarnessFilesTest {
    @TempDir
    Path folder;

    private Compared open(Path path) {
        return Operands.open(folder.resolve("runs"), path.toString());
    }

    private HarnessFolder results(String name, String json) {
        return new HarnessFolder(folder.resolve(name)).results(json);
    }

    private String refusal(String json) {
        HarnessFolder bad = results("bad", json);
        return assertThrows(InputException.class, () -> open(bad.path())).getMessage();
    }

    private static String failure(Stream<Path> operands) {
        return assertThrows(
                        InputException.class,
                        () -> Comparison.of(
                                Path.of("runs"), operands.map(Path::toString).toList()))
                .getMessage();
    }

    @Test
    void scoresAreReadWithFilterErrorCountAndDirection() {
        Compared read = open(results(
                        "gsm8k",
                        """
                        {"model_name": "m",
                         "results": {"gsm8k": {"alias": "gsm8k", "sample_len": 9,
                             "exact_match,strict-match": 0.25, "exact_match_stderr,strict-match": 0.125,
                             "exact_match,flexible-extract": 0.5, "exact_match_stderr,flexible-extract": "N/A"},
                           "wikitext": {"bits_per_byte,none": 1.5, "bits_per_byte_stderr,none": "N/A"},
                           "toy": {"ter,none": "N/A", "bleu,none": NaN}},
                         "n-samples": {"gsm8k": {"original": 100, "effective": 8}},
                         "higher_is_better": {"toy": {"bleu": false}}}""")
                .path());

        Map<String, Map<String, Score>> tasks = read.evaluations().get(0).tasks();
        assertEquals("m", read.evaluations().get(0).label());
        assertEquals(
                Map.of(
                        "exact_match (strict-match)", new Score(0.25, 0.125, 8, true),
                        "exact_match (flexible-extract)", new Score(0.5, null, 8, true)),
                tasks.get("gsm8k"));
        assertEquals(Map.of("bits_per_byte", new Score(1.5, null, 0, false)), tasks.get("wikitext"));
        assertEquals(
                Map.of("ter", new Score(null, null, 0, false), "bleu", new Score(null, null, 0, false)),
                tasks.get("toy"));
    }

    @Test
    void directionOfAMetricThatTheFileDoesNotNameComesFromItsName() {
        for (String lower :
                List.of("word_perplexity", "bits_per_byte", "wikitext2_token_ppl_gptq", "brier_score", "ter", "kl")) {
            assertFalse(MetricName.higherIsUsuallyBetter(lower), lower);
        }
        for (String higher : List.of("acc", "acc_norm", "mcc", "f1", "bleu", "exact_match", "meteor", "rougeL")) {
            assertTrue(MetricName.higherIsUsuallyBetter(higher), higher);
        }
    }

    @Test
    void whatIsNoResultFileIsRefusedWithThePlaceAndWhatWasExpected() {
        assertTrue(refusal("{\"results\": {\n  \"piqa\": }}").contains(HarnessFolder.TIME + ".json:2:11: "), "syntax");
        String message = refusal("{\"scores\": 1}");
        assertTrue(message.contains("no object \"results\"") && message.contains("lm_eval --output_path"), message);
        message = refusal("{\"results\": {\"piqa\": 0.5}}");
        assertTrue(message.contains("results.piqa is 0.5; expected an object"), message);
        message = refusal("{\"results\": {\"piqa\": {\"acc,none\": \"good\"}}}");
        assertTrue(message.contains("results.piqa.\"acc,none\" is \"good\"; expected a number"), message);
        message = refusal("{\"results\": {\"piqa\": {\"acc\": 0.5}}}");
        assertTrue(message.contains("expected tasks with keys like \"acc,none\""), message);
    }

    @Test
    void aDamagedSampleIsRefusedWithFileAndLine() {
        Path fixture = HarnessFolder.zeroshot();
        HarnessFolder copy = new HarnessFolder(folder.resolve("copy")).ofZeroshot();
        Path gz = copy.path().resolve("samples_lambada_openai_" + HarnessFolder.TIME + ".jsonl.gz");
        assertTrue(gz.toFile().delete());

        copy.samples("lambada_openai", List.of(HarnessFolder.lambadaSamples().get(0), "{\"doc_id\": 1, "));
        String message = failure(Stream.of(fixture, copy.path()));
        assertTrue(
                message.contains("samples_lambada_openai_" + HarnessFolder.TIME + ".jsonl:2: not a sample"), message);

        copy.samples("lambada_openai", List.of("{\"document\": 1}"));
        message = failure(Stream.of(fixture, copy.path()));
        assertTrue(message.contains(".jsonl:1: not a sample (no \"doc_id\" number)"), message);
    }

    @Test
    void aTruncatedArchiveIsRefusedWithItsName() throws IOException {
        HarnessFolder copy = new HarnessFolder(folder.resolve("copy")).ofZeroshot();
        Path gz = copy.path().resolve("samples_lambada_openai_" + HarnessFolder.TIME + ".jsonl.gz");
        Files.write(gz, Arrays.copyOf(Files.readAllBytes(gz), 9000));

        String message = failure(Stream.of(HarnessFolder.zeroshot(), copy.path()));
        assertTrue(message.contains(gz.getFileName().toString()), message);
    }

    @Test
    void theNewestOfSeveralResultFilesIsTakenAndTheOthersAreNamed() throws IOException {
        HarnessFolder copy = new HarnessFolder(folder.resolve("out/model")).ofZeroshot();
        Path older = copy.path().resolve("results_2026-11-21T11-05-47.887803.json");
        Files.copy(copy.results(), older);

        assertEquals(copy.results().toString(), open(copy.path()).id());
        assertEquals(copy.results().toString(), open(folder.resolve("out")).id(), "below the folder of all models");
        assertEquals(older.toString(), open(older).id());
        assertEquals(
                List.of("B is the newest result file of its folder; 1 older one is passed over: " + older.getFileName()
                        + "; name a file to compare it"),
                open(copy.path()).remarks("B"));
    }

    @Test
    void severalModelsInAFolderMustBeToldApart() {
        new HarnessFolder(folder.resolve("out/one")).ofZeroshot();
        new HarnessFolder(folder.resolve("out/two")).ofZeroshot();

        String message = assertThrows(InputException.class, () -> open(folder.resolve("out")))
                .getMessage();
        assertTrue(message.contains("2 models") && message.contains("out/two"), message);
    }

    @Test
    void aFolderThatIsNeitherSaysWhatWasLookedFor() {
        String message = assertThrows(InputException.class, () -> open(folder)).getMessage();
        assertTrue(message.contains("not a run directory"), message);
        assertTrue(message.contains("results_*.json"), message);
    }

    @Test
    void theSameResultFileTwiceIsRefused() {
        Path fixture = HarnessFolder.zeroshot();
        String message = failure(Stream.of(fixture, fixture.resolve("results_" + HarnessFolder.TIME + ".json")));
        assertTrue(message.contains("named twice"), message);
    }

    private Documents documents(String... lines) {
        new HarnessFolder(folder).samples("toy", List.of(lines));
        return Documents.find(folder, "toy");
    }

    @Test
    void linesOfSeveralFiltersAreOneDocument() {
        Documents documents = documents(
                "{\"doc_id\": 0, \"doc_hash\": \"a\", \"filter\": \"strict\", \"exact_match\": 0}",
                "{\"doc_id\": 1, \"doc_hash\": \"b\", \"filter\": \"strict\", \"exact_match\": 1}",
                "{\"doc_id\": 0, \"doc_hash\": \"a\", \"filter\": \"none\", \"exact_match\": 1}",
                "{\"doc_id\": 1, \"doc_hash\": \"b\", \"filter\": \"none\", \"exact_match\": 1}");

        assertEquals(2, documents.size());
        assertEquals(0, documents.values("exact_match (strict)", 1)[0][0]);
        assertEquals(1, documents.values("exact_match", 1)[0][0]);
    }

    @Test
    void documentsWithTheSameHashPairInTheOrderOfTheirIds() {
        Documents these = documents(
                "{\"doc_id\": 7, \"doc_hash\": \"a\", \"prompt_hash\": \"p7\", \"acc\": 0}",
                "{\"doc_id\": 2, \"doc_hash\": \"a\", \"prompt_hash\": \"p2\", \"acc\": 1}");
        Documents those = documents(
                "{\"doc_id\": 2, \"doc_hash\": \"a\", \"prompt_hash\": \"p2\", \"acc\": 1}",
                "{\"doc_id\": 7, \"doc_hash\": \"a\", \"prompt_hash\": \"other\", \"acc\": 0}");

        assertTrue(these.sameAs(those));
        assertEquals(1, these.values("acc", 1)[0][0], "doc_id 2 first");
        List<DocumentDifferences.Pair> pairs =
                DocumentDifferences.between(these, those).pairs();
        assertEquals(1, pairs.size());
        assertEquals(7, pairs.get(0).base().id());
        assertEquals(7, pairs.get(0).other().id());
        assertEquals(List.of("prompt_hash"), pairs.get(0).differing());
    }

    @Test
    void documentsWithoutHashAreNeverTheSame() {
        Documents these = documents("{\"doc_id\": 0, \"acc\": 1}");

        assertFalse(these.hashed());
        assertFalse(these.sameAs(documents("{\"doc_id\": 0, \"acc\": 1}")));
        String message = assertThrows(InputException.class, these::hashes).getMessage();
        assertTrue(message.contains("samples_toy_"), message);
    }

    @Test
    void labelsAndTextsHaveNoSharesAndAnUncountedDocumentNone() {
        Documents documents = documents(
                "{\"doc_id\": 0, \"doc_hash\": \"a\", \"mcc\": [1, 0], \"bleu\": [\"x\", \"y\"], \"acc_in_class\": null}",
                "{\"doc_id\": 1, \"doc_hash\": \"b\", \"mcc\": [1, 1], \"bleu\": [[\"x\"], \"y\"], \"acc_in_class\": 1}");

        for (String metric : List.of("mcc", "bleu", "no_such")) {
            assertNull(DocumentShares.of(documents, metric, 1), metric);
        }
        assertArrayEquals(new double[] {Double.NaN, 1}, DocumentShares.of(documents, "acc_in_class", 1));
        assertEquals(1, DocumentShares.find(documents, "acc_in_class", 1).counted());
    }

    /** A counts documents 0 to 8, B 1 to 9; over the eight that both count A has 4 right and B 6. */
    @Test
    void ofAMetricThatLeavesDocumentsOutTheCommonOnesPair() {
        RunDirectory a = counting("a", 0, 9, List.of(1, 2, 3, 4), 4 / 9.0);
        RunDirectory b = counting("b", 1, 0, List.of(1, 2, 3, 4, 5, 6, 9), 7 / 9.0);

        String text = TableFormat.TEXT.render(Comparison.of(Path.of("runs"), List.of(a.toString(), b.toString()))
                .table());
        assertTrue(text.contains("0.4444  0.7778  +0.2500 ± 0.1637"), text);
        assertTrue(
                text.contains("toy, before: the difference of acc_in_class is over the 8 documents that both count;"
                        + " A counts 9 of 10, B 9"),
                text);
    }

    private RunDirectory counting(String name, int minute, int leftOut, List<Integer> right, double score) {
        List<String> lines = IntStream.range(0, 10)
                .mapToObj(i -> "{\"doc_id\": " + i + ", \"doc_hash\": \"d" + i + "\", \"acc_in_class\": "
                        + (i == leftOut ? "null" : right.contains(i) ? 1 : 0) + "}")
                .toList();
        return new FakeRun(folder.resolve("runs"), name, minute)
                .scored(0, "before", "toy", "acc_in_class", score, null, 10)
                .samples(0, "toy", lines)
                .completed();
    }
}
