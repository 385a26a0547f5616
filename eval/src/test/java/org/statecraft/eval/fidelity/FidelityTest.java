package org.statecraft.eval.fidelity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.statecraft.eval.DeltaScale;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.TokenBatch;

class FidelityTest {
    /** Of log-probabilities in float32 at 50,288 columns. */
    private static final double FLOAT = 2e-5;

    private static LanguageModel model;
    private static LanguageModel changed;

    @BeforeAll
    static void load() {
        model = EvalFixtures.model();
        changed = model.with(new DeltaScale(0.5));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** Windows of several lengths, together more rows than one block of the head. */
    private static List<FidelityWindow> windows() {
        Random random = new Random(5);
        List<FidelityWindow> windows = new ArrayList<>();
        for (int context : new int[] {9, 40, 3, 21, 40}) {
            int[] tokens = random.ints(context + 33, 0, 50_000).toArray();
            windows.add(new FidelityWindow(windows.size(), tokens, 33, "c", "t", 100));
        }
        return windows;
    }

    private static List<FidelityScore> score(LanguageModel base, LanguageModel other, int batch) {
        return Fidelity.of(base, other, windows(), batch, (done, total) -> {});
    }

    private static FidelityScore score(float[][] base, float[][] other, int... tokens) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Fidelity.Rows rows = new Fidelity.Rows(tokens.length);
            rows.add(array(manager, base), array(manager, other), tokens);
            return rows.next(new FidelityWindow(0, new int[tokens.length + 1], tokens.length, "c", "t", 2));
        }
    }

    private static NDArray array(NDManager manager, float[][] rows) {
        NDArray array = manager.create(new Shape(rows.length, rows[0].length));
        for (int i = 0; i < rows.length; i++) {
            array.set(new NDIndex("{}", i), manager.create(rows[i]));
        }
        return array;
    }

    private static float[] logits(double... probabilities) {
        float[] logits = new float[probabilities.length];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (Math.log(probabilities[i]) + 3);
        }
        return logits;
    }

    @Test
    void aKnownDistributionAgainstAUniformOneHasADivergenceInClosedForm() {
        FidelityScore score = score(
                new float[][] {logits(0.5, 0.25, 0.125, 0.125), logits(0.1, 0.2, 0.3, 0.4)},
                new float[][] {logits(0.25, 0.25, 0.25, 0.25), logits(0.4, 0.3, 0.2, 0.1)},
                1,
                2);
        double first = 0.25 * Math.log(2);
        double second = 0.1 * Math.log(0.25) + 0.2 * Math.log(2.0 / 3) + 0.3 * Math.log(1.5) + 0.4 * Math.log(4);
        assertEquals((first + second) / 2, score.divergence(), 1e-6);
        assertEquals(-Math.log(0.25 * 0.3), score.baseNats(), 1e-6);
        assertEquals(-Math.log(0.25 * 0.2), score.nats(), 1e-6);
        assertEquals(-Math.log(0.25 * 0.2) / Math.log(2) / 2, score.bitsPerByte(), 1e-6);
        // of equal logits the lowest id is the likeliest token: the same in the first row, another in the second
        assertEquals(0.5, score.agreement());
        assertFalse(score.greedy());
    }

    @Test
    void greedyMeansThatEveryTokenIsTheLikeliestOfTheChangedModel() {
        float[][] base = {logits(0.6, 0.4), logits(0.6, 0.4)};
        float[][] other = {logits(0.4, 0.6), logits(0.7, 0.3)};
        assertTrue(score(base, other, 1, 0).greedy());
        assertFalse(score(base, other, 0, 0).greedy());
    }

    @Test
    void identicalModelsDifferInNothingWhateverTheBatch() {
        for (int batch : new int[] {1, 4}) {
            for (FidelityScore score : score(model, model, batch)) {
                assertEquals(0, score.divergence());
                assertEquals(1, score.agreement());
                assertEquals(score.baseNats(), score.nats());
            }
        }
    }

    @Test
    void aPerturbedModelDivergesMoreTheStrongerThePerturbation() {
        double before = 0;
        for (double factor : new double[] {0.9, 0.7, 0.4}) {
            double divergence = score(model, model.with(new DeltaScale(factor)), 4).stream()
                    .mapToDouble(FidelityScore::divergence)
                    .sum();
            assertTrue(divergence > before, () -> "Δ × " + factor + ": " + divergence);
            before = divergence;
        }
    }

    @Test
    void everyNumberIsThatOfDoublePrecisionAtItsOwnWindow() {
        List<FidelityScore> scores = score(model, changed, 2);
        List<FidelityWindow> windows = windows();
        for (int w = 0; w < windows.size(); w++) {
            FidelityWindow window = windows.get(w);
            float[][] before = rows(model, window);
            float[][] after = rows(changed, window);
            double divergence = 0;
            double nats = 0;
            double baseNats = 0;
            for (int r = 0; r < before.length; r++) {
                double[] p = logSoftmax(before[r]);
                double[] q = logSoftmax(after[r]);
                for (int c = 0; c < p.length; c++) {
                    divergence += Math.exp(p[c]) * (p[c] - q[c]);
                }
                int token = window.tokens()[window.context() + r];
                baseNats -= p[token];
                nats -= q[token];
            }
            int count = window.continuation();
            assertTrue(divergence / count > 10 * FLOAT, "the models are told apart");
            assertEquals(divergence / count, scores.get(w).divergence(), FLOAT, "window " + w + ", seed 5");
            assertEquals(nats, scores.get(w).nats(), FLOAT * count, "window " + w);
            assertEquals(baseNats, scores.get(w).baseNats(), FLOAT * count, "window " + w);
        }
    }

    /** The logits that predict the continuation of a window that is read alone. */
    private static float[][] rows(LanguageModel model, FidelityWindow window) {
        try (NDManager scope = model.newScope()) {
            NDArray hidden = model.forward(TokenBatch.padded(scope, List.of(window.input())), null, null)
                    .hidden();
            float[] all = model.logits(hidden.squeeze(0)).toFloatArray();
            int columns = all.length / window.input().length;
            float[][] rows = new float[window.continuation()][];
            for (int r = 0; r < rows.length; r++) {
                int from = (window.context() - 1 + r) * columns;
                rows[r] = Arrays.copyOfRange(all, from, from + columns);
            }
            return rows;
        }
    }

    private static double[] logSoftmax(float[] logits) {
        double largest = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - largest);
        }
        double[] logs = new double[logits.length];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = logits[i] - largest - Math.log(sum);
        }
        return logs;
    }

    @Test
    void aLogitThatIsNoNumberIsAnErrorWithItsPlace() {
        InputException refused = assertThrows(
                InputException.class, () -> score(new float[][] {{1, 2}}, new float[][] {{Float.NaN, 2}}, 1));
        assertTrue(refused.getMessage().startsWith("window at token 0: "), refused.getMessage());
    }
}
