package org.statecraft.workbench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.workbench.run.RunDirectory;

class PairedDifferenceTest {
    @TempDir
    Path runs;

    private Documents documents(String metric, List<?> values) {
        RunDirectory run = new FakeRun(runs, "a", 0)
                .documents(0, "samples_toy.jsonl", metric, values)
                .completed();
        return Documents.find(run.documentSamples(0), "toy");
    }

    @Test
    void differenceHasTheErrorOfThePairs() {
        // differences 1, 2, 3: mean 2, deviation 1, so stderr 1/√3 and t(2) = 4.303
        PairedDifference paired = PairedDifference.of(new double[] {5, 1, 9}, new double[] {6, 3, 12});

        assertEquals(2, paired.value(), 1e-12);
        assertEquals(1 / Math.sqrt(3), paired.stderr(), 1e-12);
        assertEquals(2 - 4.303 / Math.sqrt(3), paired.low(), 1e-12);
        assertEquals(2 + 4.303 / Math.sqrt(3), paired.high(), 1e-12);
    }

    @Test
    void whatBothRunsShareCancels() {
        double[] base = {10, 0, 7, -3};
        double[] other = Arrays.stream(base).map(x -> x + 0.25).toArray();

        assertEquals(0, PairedDifference.of(base, other).stderr(), 1e-12);
        assertEquals(0.25, PairedDifference.of(base, other).low(), 1e-12);
    }

    @Test
    void oneDocumentHasNoError() {
        assertNull(PairedDifference.of(new double[] {1}, new double[] {2}));
    }

    @Test
    void quantilesMeetAtTheEndOfTheTable() {
        assertEquals(2.0395, PairedDifference.quantile(31), 1e-4);
        assertEquals(1.9840, PairedDifference.quantile(100), 1e-4);
        assertEquals(1.9600, PairedDifference.quantile(1_000_000), 1e-4);
    }

    @Test
    void sharesOfARatioAndOfAPerplexityHaveTheScoreAsMean() {
        List<List<Double>> rolling = List.of(List.of(-30.0, 20.0), List.of(-11.0, 5.0), List.of(-70.0, 60.0));
        double ratio = -111.0 / 85;

        assertMean(-ratio / Math.log(2), "bits_per_byte", rolling);
        assertMean(Math.exp(-ratio), "byte_perplexity", rolling);
        assertMean(Math.exp(2), "perplexity", List.of(-1.0, -2.0, -3.0));
        assertMean(0.5, "acc", List.of(1, 0, true, false));
    }

    private void assertMean(double score, String metric, List<?> values) {
        double[] shares = DocumentShares.of(documents(metric, values), metric, score);
        assertNotNull(shares, metric);
        assertEquals(score, Arrays.stream(shares).average().orElseThrow(), 1e-9, metric);
        assertNull(DocumentShares.of(documents(metric, values), metric, score * 1.01), metric + ": another score");
    }

    /** The linearization against the definition: leaving a document out moves the score by its share, to first order. */
    @Test
    void sharesTellWhatLeavingOneDocumentOutDoes() {
        Random random = new Random(3);
        List<List<Double>> values = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            double bytes = 50 + random.nextInt(100);
            values.add(List.of(-bytes * (1 + random.nextDouble()), bytes));
        }
        double[] all = sums(values);
        double score = Math.exp(-all[0] / all[1]);
        Documents documents = documents("byte_perplexity", values);
        double[][] inOrder = documents.values("byte_perplexity", 2);
        double[] shares = DocumentShares.of(documents, "byte_perplexity", score);

        for (int i = 0; i < 400; i++) {
            double without = Math.exp(-(all[0] - inOrder[i][0]) / (all[1] - inOrder[i][1]));
            assertEquals((shares[i] - score) / 399, score - without, 2e-5, "document " + i);
        }
    }

    private static double[] sums(List<List<Double>> values) {
        return new double[] {
            values.stream().mapToDouble(value -> value.get(0)).sum(),
            values.stream().mapToDouble(value -> value.get(1)).sum()
        };
    }

    @Test
    void metricWithoutAValueForEachDocumentHasNoShares() {
        assertNull(DocumentShares.of(documents("f1", List.of(List.of(0, 1), List.of(1, 1))), "f1", 0.5));
        assertNull(DocumentShares.of(documents("acc", List.of(1, 0)), "acc_norm", 0.5));
    }

    @Test
    void sampleFileIsTakenByItsWholeTaskName() {
        RunDirectory run = new FakeRun(runs, "a", 0)
                .documents(0, "samples_lambada_openai.jsonl", "acc", List.of(1))
                .documents(0, "samples_timed_2026-11-22T10-15-03.123.jsonl", "acc", List.of(1, 0))
                .completed();

        assertNull(Documents.find(run.documentSamples(0), "lambada"));
        assertEquals(2, Documents.find(run.documentSamples(0), "timed").size());
        assertNull(Documents.find(run.documentSamples(5), "timed"));
        assertTrue(Documents.find(run.documentSamples(0), "lambada_openai").sameAs(documents("acc", List.of(0))));
    }
}
