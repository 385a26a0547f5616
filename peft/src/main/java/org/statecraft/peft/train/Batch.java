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

/** Examples that go through the model together. */
record Batch(List<Example> examples, Rows rows) {

    /** Labels that count. The first one of a row is predicted by nothing. */
    long counted() {
        return examples.stream()
                .mapToLong(row -> Arrays.stream(row.labels())
                        .skip(1)
                        .filter(label -> label != CrossEntropy.IGNORED)
                        .count())
                .sum();
    }

    /** Positions that predict something, counted or not: the measure of work. */
    long positions() {
        return examples.stream().mapToLong(row -> row.ids().length - 1).sum();
    }

    /** Sum of the losses of all counted labels; a scalar of {@code scope}. */
    NDArray lossSum(LanguageModel model, Objective objective, NDManager scope) {
        TokenBatch tokens = tokens(scope);
        return model.lossSum(tokens, labels(tokens), objective);
    }

    TokenBatch tokens(NDManager scope) {
        List<int[]> ids = examples.stream().map(Example::ids).toList();
        return packed() ? TokenBatch.packed(scope, ids) : TokenBatch.padded(scope, ids);
    }

    /** Beside the tokens; what is padded does not count. */
    NDArray labels(TokenBatch tokens) {
        Shape shape = tokens.ids().getShape();
        long[] flat = new long[Math.toIntExact(shape.size())];
        Arrays.fill(flat, CrossEntropy.IGNORED);
        int from = 0;
        for (Example example : examples) {
            int[] labels = example.labels();
            for (int t = 0; t < labels.length; t++) {
                flat[from + t] = labels[t];
            }
            from += packed() ? labels.length : (int) shape.get(1);
        }
        return tokens.ids().getManager().create(flat, shape);
    }

    /** Examples of equal length have no padding to save. */
    private boolean packed() {
        int length = examples.get(0).ids().length;
        return rows == Rows.PACKED && examples.stream().anyMatch(example -> example.ids().length != length);
    }
}
