package org.statecraft.workbench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.table.Cell;
import org.statecraft.workbench.table.Table;
import org.statecraft.workbench.table.TableFormat;

class HarnessComparisonTest {
    private static final String LAMBADA = "lambada_openai";
    private static final double PERPLEXITY = 244975558.7108533;

    @TempDir
    Path folder;

    private Comparison compare(Object... operands) {
        return Comparison.of(
                folder.resolve("runs"),
                Stream.of(operands).map(Object::toString).toList());
    }

    private static String text(Comparison comparison) {
        return TableFormat.TEXT.render(comparison.table());
    }

    private HarnessFolder copy(String name) {
        return new HarnessFolder(folder.resolve(name)).ofZeroshot();
    }

    /** The lines of the fixture with one of them changed. */
    private static List<String> lambadaBut(int document, Consumer<ObjectNode> change) {
        List<String> lines = new ArrayList<>(HarnessFolder.lambadaSamples());
        lines.set(document, HarnessFolder.changed(lines.get(document), change));
        return lines;
    }

    private FakeRun run(List<String> samples) {
        return new FakeRun(folder.resolve("runs"), "ours", 0)
                .recipe("seed: 7\n")
                .scored(0, "before", LAMBADA, "perplexity", PERPLEXITY, 1e9, samples.size())
                .scored(0, "before", LAMBADA, "acc", 0.0, 0.0, samples.size())
                .samples(0, LAMBADA, samples);
    }

    private static List<List<Cell>> scores(Comparison comparison) {
        return comparison.table().sections().stream()
                .filter(section -> section.name().equals("score"))
                .findFirst()
                .map(Table.Section::rows)
                .orElseThrow();
    }

    private static Cell.Change lastChange(Comparison comparison, String title, String task, String metric) {
        return scores(comparison).stream()
                .filter(row -> row.subList(0, 3).stream()
                        .map(cell -> cell.values().get(0))
                        .toList()
                        .equals(List.of(title, task, metric)))
                .map(row -> (Cell.Change) row.get(row.size() - 1))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void resultsOfTheHarnessDoNotDifferFromThemselves() {
        Comparison comparison = compare(HarnessFolder.zeroshot(), copy("copy").path());

        List<List<Cell>> rows = scores(comparison);
        assertEquals(20, rows.size());
        for (List<Cell> row : rows) {
            Cell.Change change = (Cell.Change) row.get(5);
            assertEquals(0, change.value(), row.toString());
            if (row.get(1).shown().equals(LAMBADA)) {
                assertEquals(0, change.stderr(), row.toString());
            }
        }
        assertEquals(List.of(), comparison.table().notes());
        assertEquals(1, comparison.documents().lines().count(), "only the header");
    }

    @Test
    void aWorsenedCopyLosesWithTheErrorOfThePairs() throws IOException {
        List<String> samples = HarnessFolder.lambadaSamples();
        double[] base = new double[samples.size()];
        double[] worse = new double[samples.size()];
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < base.length; i++) {
            double loss = 0.01 * (i % 7);
            int document = i;
            lines.add(HarnessFolder.changed(samples.get(i), line -> {
                base[document] = line.get("perplexity").doubleValue();
                worse[document] = base[document] - loss;
                line.put("perplexity", worse[document]);
            }));
        }
        double worsened = Math.exp(-DoubleStream.of(worse).average().orElseThrow());
        HarnessFolder copy = copy("worse")
                .samples(LAMBADA, lines)
                .changedResults(root -> ((ObjectNode) root.at("/results/" + LAMBADA)).put("perplexity,none", worsened));
        Files.delete(copy.path().resolve("samples_" + LAMBADA + "_" + HarnessFolder.TIME + ".jsonl.gz"));

        Cell.Change change =
                lastChange(compare(HarnessFolder.zeroshot(), copy.path()), "tiny-mamba2-shared", LAMBADA, "perplexity");
        assertEquals(worsened - PERPLEXITY, change.value(), 1);
        // by the definition: what the documents contribute to exp(-mean), to first order
        double[] differences = IntStream.range(0, base.length)
                .mapToDouble(i -> share(worse, i, worsened) - share(base, i, PERPLEXITY))
                .toArray();
        double mean = DoubleStream.of(differences).average().orElseThrow();
        double variance =
                DoubleStream.of(differences).map(x -> (x - mean) * (x - mean)).sum() / (base.length - 1);
        assertEquals(Math.sqrt(variance / base.length), change.stderr(), 1e-6 * change.stderr());
    }

    private static double share(double[] likelihoods, int i, double score) {
        return score
                * (1 - likelihoods[i] + DoubleStream.of(likelihoods).average().orElseThrow());
    }

    @Test
    void aRunPairsWithResultsOfTheHarnessOverTheSameDocuments() {
        RunDirectory run = run(HarnessFolder.lambadaSamples())
                .scored(2, "after tune", LAMBADA, "acc", 0.5, 0.1, 60)
                .completed();
        Comparison comparison = compare(run, HarnessFolder.zeroshot());

        Cell.Change before = lastChange(comparison, "before", LAMBADA, "perplexity");
        assertEquals(0, before.value());
        assertEquals(0, before.stderr());
        assertEquals(-0.5, lastChange(comparison, "after tune", LAMBADA, "acc").value());
        String text = text(comparison);
        assertTrue(
                text.contains("the scores of B are of one model and stand beside each evaluation with the same tasks:"
                        + " before, after tune"),
                text);
        assertTrue(text.contains("tiny-mamba2-shared  piqa            acc ↑"), text);
        assertTrue(
                text.contains(
                        "lambada_openai, after tune: nothing tells whether A and B scored the same documents, because"
                                + " A has no samples and no task_hashes"),
                text);
        assertFalse(text.contains("tiny-mamba2-shared  lambada_openai"), text);
        assertTrue(text.contains("lm-evaluation-harness 0.4.13"), text);
        assertTrue(text.contains("total parameters      -  1,614,216"), text);
        assertFalse(text.contains("recipes are the same"), text);
    }

    @Test
    void theHarnessMayBeWhatOthersAreHeldAgainst() {
        RunDirectory run = run(HarnessFolder.lambadaSamples()).completed();

        Cell.Change change = lastChange(compare(HarnessFolder.zeroshot(), run), "before", LAMBADA, "acc");
        assertEquals(0, change.stderr());
    }

    @Test
    void oneChangedPromptIsNamed() {
        RunDirectory run = run(lambadaBut(17, line -> line.put("prompt_hash", "0123456789abcdef")))
                .completed();
        Comparison comparison = compare(run, HarnessFolder.zeroshot());

        List<String> notes = comparison.table().notes();
        assertEquals(1, notes.size(), notes.toString());
        String there = prompt(17);
        assertEquals(
                "lambada_openai, before: no difference between A and B, because the prompt_hash of 1 of 60 documents"
                        + " differs (doc_id 17: prompt_hash 0123456789ab in A and "
                        + there.substring(0, 12) + " in B)",
                notes.get(0));
        List<String> lines = comparison.documents().lines().toList();
        assertEquals(2, lines.size());
        assertTrue(lines.get(1).startsWith("before,lambada_openai," + run.id() + ","), lines.get(1));
        assertTrue(lines.get(1).contains(",17,17,"), lines.get(1));
        assertTrue(lines.get(1).contains(",0123456789abcdef," + there + ","), lines.get(1));
        assertTrue(lines.get(1).endsWith(",prompt_hash"), lines.get(1));
    }

    private static String prompt(int document) {
        String[] hash = new String[1];
        HarnessFolder.changed(
                HarnessFolder.lambadaSamples().get(document),
                line -> hash[0] = line.get("prompt_hash").textValue());
        return hash[0];
    }

    @Test
    void otherAndMissingDocumentsAreListedUpToThree() {
        List<String> samples = new ArrayList<>(lambadaBut(3, line -> {
            line.put("doc_hash", "ffff");
            line.put("target_hash", "eeee");
        }));
        samples.subList(56, 60).clear();
        Comparison comparison = compare(run(samples).completed(), HarnessFolder.zeroshot());

        String note = comparison.table().notes().get(0);
        assertTrue(
                note.contains("the documents differ: 1 of 56 in A and 5 of 60 in B have a doc_hash that the other lacks"
                        + " (doc_id 3: doc_hash ffff in A and "),
                note);
        assertTrue(note.contains(", target_hash eeee in A and "), note);
        assertTrue(note.matches(".*; doc_id 56: doc_hash [0-9a-f]{12} only in B; doc_id 57: .*; and 2 more\\)"), note);
        List<String> lines = comparison.documents().lines().toList();
        assertEquals(6, lines.size());
        assertTrue(lines.get(1).endsWith(",doc_hash target_hash"), lines.get(1));
        assertTrue(lines.get(2).contains(",,56,,"), lines.get(2));
    }

    @Test
    void samplesOfAnotherTimeAreNotTakenForThoseOfTheResults() throws IOException {
        HarnessFolder copy = copy("copy");
        Files.move(
                copy.path().resolve("samples_" + LAMBADA + "_" + HarnessFolder.TIME + ".jsonl.gz"),
                copy.path().resolve("samples_" + LAMBADA + "_2026-11-23T11-05-47.887803.jsonl.gz"));

        Cell.Change change =
                lastChange(compare(HarnessFolder.zeroshot(), copy.path()), "tiny-mamba2-shared", LAMBADA, "acc");
        assertEquals(0, change.value());
        assertNull(change.stderr());
    }

    @Test
    void anotherNumberOfExamplesInThePromptIsTheReasonGiven() {
        HarnessFolder copy = copy("shots").changedResults(root -> ((ObjectNode) root.get("n-shot")).put("piqa", 5));

        String text = text(compare(HarnessFolder.zeroshot(), copy.path()));
        assertTrue(
                text.contains(
                        "piqa, tiny-mamba2-shared: no difference between A and B, because the number of examples in a"
                                + " prompt is 0 in A and 5 in B"),
                text);
    }

    @Test
    void samplesOfAnOldHarnessWithoutHashesDoNotPairAndItIsSaid() {
        List<String> samples = HarnessFolder.lambadaSamples().stream()
                .map(line -> HarnessFolder.changed(
                        line, node -> node.remove(List.of("doc_hash", "prompt_hash", "target_hash"))))
                .toList();
        Comparison comparison = compare(run(samples).completed(), HarnessFolder.zeroshot());

        assertNull(lastChange(comparison, "before", LAMBADA, "acc").stderr());
        assertTrue(
                comparison.table().notes().get(0).endsWith("because A has samples without doc_hash and no task_hashes"),
                comparison.table().notes().toString());
    }

    @Test
    void twoModelsStandBesideEachOther() {
        HarnessFolder other = copy("other").changedResults(root -> root.put("model_name", "state-spaces/mamba-130m"));

        Cell.Change change = lastChange(
                compare(HarnessFolder.zeroshot(), other.path()),
                "tiny-mamba2-shared, state-spaces/mamba-130m",
                LAMBADA,
                "acc");
        assertEquals(0, change.stderr());
    }
}
