package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.List;

/**
 * The loss of one batch, made of pieces so small that the logits of a piece can be in memory.
 *
 * <p>Of a teacher only the hidden rows are kept for the whole batch; its logits come and go with the piece, too.
 */
final class BatchLoss {
    /** How many times the arrays of a piece are those of cross-entropy alone where there is a teacher. */
    private static final int TEACHER_ARRAYS = 4;

    private final LanguageModel model;
    private final NDArray labels;
    /** Null for cross-entropy alone, as the rows below. */
    private final Distillation distillation;

    private final NDArray teacherHidden;
    private final NDManager kept;

    /** Makes of some tokens the rows that the head takes, in a manager. */
    @FunctionalInterface
    interface Rows {
        NDArray of(NDManager piece, LossRows rows);
    }

    /**
     * Runs the teacher, where there is one.
     *
     * @param kept manager of what lives until the last piece
     * @throws InputException if the teacher does not fit the model
     */
    BatchLoss(LanguageModel model, Objective objective, TokenBatch.Prediction prediction, NDManager kept) {
        this.model = model;
        this.labels = prediction.labels();
        this.kept = kept;
        if (objective instanceof Distillation d) {
            d.requireFits(model);
            this.distillation = d;
            Output output = Unrecorded.call(() -> d.teacher().forward(prediction.tokens(), null, null));
            output.state().close();
            this.teacherHidden = output.hidden();
            teacherHidden.attach(kept);
        } else {
            this.distillation = null;
            this.teacherHidden = null;
        }
    }

    /**
     * The pieces of some tokens.
     *
     * @param tokens {@code [batch, length, ...]}
     */
    List<LossRows> pieces(Shape tokens) {
        long vocabulary = model.embedding().shape().get(0);
        return LossRows.of(tokens, distillation == null ? vocabulary : TEACHER_ARRAYS * vocabulary);
    }

    /**
     * The loss of one piece.
     *
     * @param hidden the rows of the piece that the head takes; what is computed belongs to their manager
     * @param offset position in the batch of the token from which the rows are counted
     * @return a scalar
     */
    NDArray sum(NDArray hidden, LossRows rows, long offset) {
        NDManager scope = hidden.getManager();
        NDArray logits = model.logits(hidden);
        NDArray predicted = rows.predictedBy(scope, labels, offset);
        return distillation == null
                ? CrossEntropy.sum(logits, predicted)
                : distillation.sum(logits, rows.of(scope, teacherHidden, offset), predicted);
    }

    /**
     * Differentiates {@code scale·loss} of some tokens, piece by piece.
     *
     * @param tokens {@code [batch, length, ...]}
     * @param offset position in the batch of the first of them
     * @param hidden their rows, a function of the leaf that takes the gradient
     * @return {@code scale·loss}
     */
    NDArray backward(GradientCollector collector, double scale, Shape tokens, long offset, Rows hidden) {
        NDArray loss = kept.zeros(new Shape());
        for (LossRows rows : pieces(tokens)) {
            try (NDManager piece = kept.newSubManager()) {
                NDArray sum = sum(hidden.of(piece, rows), rows, offset).mul(Constants.scalar(piece, scale));
                collector.backward(sum);
                loss.addi(sum.stopGradient());
            }
        }
        return loss;
    }
}
