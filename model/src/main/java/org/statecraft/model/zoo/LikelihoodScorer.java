package org.statecraft.model.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.statecraft.model.CrossEntropy;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Tokenizer;

/** Log-probabilities of the tokens of a text. */
final class LikelihoodScorer {
    /** Rows of logits held at once. */
    private static final int ROWS = 256;

    private final LanguageModel model;
    private final Tokenizer tokenizer;

    LikelihoodScorer(LanguageModel model, Tokenizer tokenizer) {
        this.model = model;
        this.tokenizer = tokenizer;
    }

    TokenLikelihoods score(String text) {
        int[] tokens = tokenizer.encode(text);
        List<Float> logProbabilities = new ArrayList<>();
        if (tokens.length > 0) {
            try (NDManager scope = model.newScope()) {
                long[] predicted = Arrays.stream(tokens).asLongStream().toArray();
                long[] input = new long[tokens.length];
                input[0] = tokenizer.endOfText();
                System.arraycopy(predicted, 0, input, 1, tokens.length - 1);
                NDArray hidden = model.forward(scope.create(input, new Shape(1, input.length)))
                        .hidden()
                        .squeeze(0);
                for (int from = 0; from < tokens.length; from += ROWS) {
                    addRows(hidden, predicted, from, Math.min(from + ROWS, tokens.length), logProbabilities);
                }
            }
        }
        return new TokenLikelihoods(Arrays.stream(tokens).boxed().toList(), logProbabilities);
    }

    private void addRows(NDArray hidden, long[] predicted, int from, int to, List<Float> logProbabilities) {
        try (NDManager scope = hidden.getManager().newSubManager()) {
            NDArray rows = hidden.get(scope, new NDIndex().addSliceDim(from, to));
            NDArray ids = scope.create(Arrays.copyOfRange(predicted, from, to));
            for (float p :
                    CrossEntropy.logProbabilities(model.logits(rows), ids).toFloatArray()) {
                logProbabilities.add(p);
            }
        }
    }
}
