package org.statecraft.peft.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import org.statecraft.model.CrossEntropy;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Objective;
import org.statecraft.model.TokenBatch;
import org.statecraft.peft.train.TrainingData.Example;

/** Examples that go through the model together, padded on the right. */
record Batch(List<Example> rows) {

    /** Labels that count. The first one of a row is predicted by nothing. */
    long counted() {
        return rows.stream()
                .mapToLong(row -> Arrays.stream(row.labels())
                        .skip(1)
                        .filter(label -> label != CrossEntropy.IGNORED)
                        .count())
                .sum();
    }

    /** Positions that predict something, counted or not: the measure of work. */
    long positions() {
        return rows.stream().mapToLong(row -> row.ids().length - 1).sum();
    }

    /** Sum of the losses of all counted labels; a scalar of {@code scope}. */
    NDArray lossSum(LanguageModel model, Objective objective, NDManager scope) {
        TokenBatch tokens = tokens(scope);
        return model.lossSum(tokens, labels(tokens), objective);
    }

    TokenBatch tokens(NDManager scope) {
        return TokenBatch.padded(scope, rows.stream().map(Example::ids).toList());
    }

    /** {@code [batch, length]} beside the tokens; what is padded does not count. */
    NDArray labels(TokenBatch tokens) {
        Shape shape = tokens.ids().getShape();
        int width = (int) shape.get(1);
        long[] flat = new long[rows.size() * width];
        Arrays.fill(flat, CrossEntropy.IGNORED);
        for (int r = 0; r < rows.size(); r++) {
            int[] labels = rows.get(r).labels();
            for (int t = 0; t < labels.length; t++) {
                flat[r * width + t] = labels[t];
            }
        }
        return tokens.ids().getManager().create(flat, shape);
    }
}
