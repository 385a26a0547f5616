package org.statecraft.eval.fidelity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.TokenBatch;

/**
 * Puts the same windows to two models and compares what they predict at every token of the continuations.
 *
 * <p>With the logits {@code v} of the base and {@code z} of the changed model, {@code p = softmax(v)} and {@code q = softmax(z)} over all
 * columns, padded vocabulary rows included: {@code KL(p ‖ q) = Σ p·(log p - log q)}. Log-softmax runs in float32; the terms are added in
 * float64. One difference of logarithms rather than of two sums makes it exactly 0 where both models are the same.
 */
public final class Fidelity {
    /** Rows of logits held at once: at 50,288 columns 26 MB for each model, and about six times that for the terms of the sum. */
    private static final int HEAD_ROWS = 128;

    private static final Comparator<FidelityWindow> LONGEST_FIRST =
            Comparator.comparingInt((FidelityWindow window) -> -window.tokens().length);

    /** Told how many windows are done. What it throws ends the work and reaches the caller. */
    @FunctionalInterface
    public interface Progress {
        void at(int done, int total);
    }

    private final LanguageModel base;
    private final LanguageModel changed;

    private Fidelity(LanguageModel base, LanguageModel changed) {
        this.base = base;
        this.changed = changed;
    }

    /**
     * Scores windows, a few together, longest first.
     *
     * @param base on the device of the changed model; both stay with the caller
     * @return in the order of the windows
     * @throws InputException when the two have other vocabularies or a prediction is not finite
     */
    public static List<FidelityScore> of(
            LanguageModel base, LanguageModel changed, List<FidelityWindow> windows, int batch, Progress progress) {
        requireSameVocabulary(base, changed);
        Fidelity fidelity = new Fidelity(base, changed);
        List<Integer> order = IntStream.range(0, windows.size())
                .boxed()
                .sorted(Comparator.comparing(windows::get, LONGEST_FIRST))
                .toList();
        FidelityScore[] scores = new FidelityScore[windows.size()];
        for (int from = 0; from < order.size(); from += batch) {
            List<Integer> some = order.subList(from, Math.min(from + batch, order.size()));
            List<FidelityScore> found =
                    fidelity.score(some.stream().map(windows::get).toList());
            for (int i = 0; i < some.size(); i++) {
                scores[some.get(i)] = found.get(i);
            }
            progress.at(from + some.size(), order.size());
        }
        return List.of(scores);
    }

    private static void requireSameVocabulary(LanguageModel base, LanguageModel changed) {
        long expected = changed.head().shape().get(0);
        long found = base.head().shape().get(0);
        if (expected != found) {
            throw new InputException("the base predicts " + found + " tokens, the model " + expected
                    + "; expected the same, because the two are compared token by token: choose a base with the"
                    + " vocabulary of the model");
        }
    }

    private List<FidelityScore> score(List<FidelityWindow> windows) {
        try (NDManager scope = changed.newScope()) {
            TokenBatch batch = TokenBatch.padded(
                    scope, windows.stream().map(FidelityWindow::input).toList());
            NDArray before = predicting(base, batch, windows);
            NDArray after = predicting(changed, batch, windows);
            int[] tokens = windows.stream()
                    .flatMapToInt(window -> IntStream.of(window.predicted()))
                    .toArray();
            Rows rows = new Rows(tokens.length);
            for (int from = 0; from < tokens.length; from += HEAD_ROWS) {
                int to = Math.min(from + HEAD_ROWS, tokens.length);
                try (NDManager head = scope.newSubManager()) {
                    NDArray expected = logits(base, before, from, to, head);
                    NDArray actual = logits(changed, after, from, to, head);
                    rows.add(expected, actual, Arrays.copyOfRange(tokens, from, to));
                }
            }
            return windows.stream().map(rows::next).toList();
        }
    }

    /** The hidden rows that predict continuations, window after window. */
    private static NDArray predicting(LanguageModel model, TokenBatch batch, List<FidelityWindow> windows) {
        NDArray hidden = model.forward(batch, null, null).hidden();
        Shape shape = hidden.getShape();
        long[] rows = IntStream.range(0, windows.size())
                .flatMap(w -> {
                    int end = w * (int) shape.get(1) + windows.get(w).input().length;
                    return IntStream.range(end - windows.get(w).continuation(), end);
                })
                .asLongStream()
                .toArray();
        return hidden.reshape(-1, shape.get(2))
                .get(new NDIndex("{}", hidden.getManager().create(rows)));
    }

    private static NDArray logits(LanguageModel model, NDArray hidden, int from, int to, NDManager head) {
        NDArray some = hidden.get(new NDIndex("{}:{}", from, to));
        some.attach(head);
        return model.logits(some);
    }

    /** What the rows of logits of both models say, collected block by block and taken out window by window in the same order. */
    static final class Rows {
        private final double[] baseNats;
        private final double[] nats;
        private final double[] divergences;
        private final boolean[] agree;
        private final boolean[] likeliest;
        private int filled;
        private int taken;

        Rows(int rows) {
            baseNats = new double[rows];
            nats = new double[rows];
            divergences = new double[rows];
            agree = new boolean[rows];
            likeliest = new boolean[rows];
        }

        /** Takes logits {@code [rows, vocabulary]} of both models and the tokens that followed; of equally likely ones the lowest counts. */
        void add(NDArray baseLogits, NDArray logits, int[] tokens) {
            long[] baseBest = baseLogits.argMax(1).toLongArray();
            long[] best = logits.argMax(1).toLongArray();
            NDArray expected = baseLogits.logSoftmax(1);
            NDArray actual = logits.logSoftmax(1);
            double[] divergence = expected.exp()
                    .mul(expected.sub(actual))
                    .toType(DataType.FLOAT64, false)
                    .sum(new int[] {1})
                    .toDoubleArray();
            NDArray followed = logits.getManager()
                    .create(Arrays.stream(tokens).asLongStream().toArray(), new Shape(tokens.length, 1));
            float[] baseFollowed = expected.gather(followed, 1).toFloatArray();
            float[] nowFollowed = actual.gather(followed, 1).toFloatArray();
            for (int i = 0; i < tokens.length; i++, filled++) {
                baseNats[filled] = -baseFollowed[i];
                nats[filled] = -nowFollowed[i];
                divergences[filled] = divergence[i];
                agree[filled] = baseBest[i] == best[i];
                likeliest[filled] = best[i] == tokens[i];
            }
        }

        /** The score of the next window. */
        FidelityScore next(FidelityWindow window) {
            double baseSum = 0;
            double sum = 0;
            double divergence = 0;
            int same = 0;
            boolean greedy = true;
            int count = window.continuation();
            for (int i = taken; i < taken + count; i++) {
                baseSum += baseNats[i];
                sum += nats[i];
                divergence += divergences[i];
                same += agree[i] ? 1 : 0;
                greedy &= likeliest[i];
            }
            taken += count;
            if (!Double.isFinite(baseSum + sum + divergence)) {
                throw new InputException("window at token " + window.start() + ": the log-likelihoods are " + -baseSum
                        + " for the base and " + -sum + " for the model, the divergence " + divergence
                        + "; no score can be made of that. Check both models for weights that are not finite");
            }
            return new FidelityScore(baseSum, sum, window.bytes(), divergence / count, (double) same / count, greedy);
        }
    }
}
