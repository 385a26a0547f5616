package org.statecraft.model.generate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.statecraft.model.InputException;

/**
 * One of the texts that a beam search keeps.
 *
 * @param parent its row among the beams of the step before
 * @param tokens all new tokens
 * @param sum of their log-probabilities
 */
record Beam(int parent, int[] tokens, double sum) {
    /** Before the first new token. */
    static final Beam ROOT = new Beam(0, new int[0], 0);

    /** A beam with one more token, not yet built: most of them lose. */
    private record Candidate(int parent, int token, double sum) {
        static final Comparator<Candidate> BEST_FIRST = Comparator.comparingDouble((Candidate c) -> -c.sum)
                .thenComparingInt(Candidate::parent)
                .thenComparingInt(Candidate::token);
    }

    /** The token added last. */
    int last() {
        return tokens[tokens.length - 1];
    }

    /**
     * The likeliest beams with one token more, best first; on equal sums the earlier beam, then the lower id.
     *
     * <p>Probabilities are those of the softmax over all rows of the head, as in evaluation, but only the first {@code vocabulary}
     * ids can be chosen: padded rows have no token.
     *
     * @param logits of each beam
     * @param count most of them
     */
    static List<Beam> extended(List<Beam> beams, float[][] logits, int vocabulary, int count) {
        PriorityQueue<Candidate> best = new PriorityQueue<>(count + 1, Candidate.BEST_FIRST.reversed());
        for (int row = 0; row < beams.size(); row++) {
            double base = beams.get(row).sum - logSumExp(logits[row]);
            for (int token = 0; token < vocabulary; token++) {
                double sum = base + logits[row][token];
                if (best.size() < count || sum > best.peek().sum) {
                    best.add(new Candidate(row, token, sum));
                    if (best.size() > count) {
                        best.remove();
                    }
                }
            }
        }
        return best.stream()
                .sorted(Candidate.BEST_FIRST)
                .map(c -> beams.get(c.parent).with(c))
                .toList();
    }

    private Beam with(Candidate candidate) {
        int[] longer = Arrays.copyOf(tokens, tokens.length + 1);
        longer[tokens.length] = candidate.token;
        return new Beam(candidate.parent, longer, candidate.sum);
    }

    private static double logSumExp(float[] logits) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        double result = max + Math.log(sum);
        if (!Double.isFinite(result)) {
            throw new InputException(
                    "the model gave logits that are not finite, so no beam is likelier than another; check"
                            + " the model's weights and adapters for values that are not finite");
        }
        return result;
    }
}
