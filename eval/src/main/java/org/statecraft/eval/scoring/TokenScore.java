package org.statecraft.eval.scoring;

import java.util.Arrays;

/**
 * What a model makes of a continuation.
 *
 * @param greedy whether each token of the continuation was the most likely one
 * @param tokens log-probability of each token of the continuation
 */
public record TokenScore(boolean greedy, float[] tokens) {
    /** The score of a continuation whose tokens are these and then those of another one. */
    TokenScore then(TokenScore rest) {
        float[] all = Arrays.copyOf(tokens, tokens.length + rest.tokens.length);
        System.arraycopy(rest.tokens, 0, all, tokens.length, rest.tokens.length);
        return new TokenScore(greedy && rest.greedy, all);
    }

    /** Sum of the log-probabilities, in their order. */
    public double sum() {
        double sum = 0;
        for (float token : tokens) {
            sum += token;
        }
        return sum;
    }
}
