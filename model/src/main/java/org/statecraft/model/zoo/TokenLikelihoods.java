package org.statecraft.model.zoo;

import java.util.List;

/**
 * How likely a model finds a text.
 *
 * @param tokens ids of the text
 * @param logProbabilities natural logarithm of each token's probability after those before it; the first stands behind the
 *     end-of-text token. All rows of the vocabulary take part in the softmax, padded ones too.
 */
public record TokenLikelihoods(List<Integer> tokens, List<Float> logProbabilities) {
    public TokenLikelihoods {
        tokens = List.copyOf(tokens);
        logProbabilities = List.copyOf(logProbabilities);
    }

    /** Log-probability of the whole text. */
    public double sum() {
        return logProbabilities.stream().mapToDouble(p -> p).sum();
    }
}
