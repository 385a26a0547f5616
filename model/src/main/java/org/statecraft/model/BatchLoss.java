package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.List;
import java.util.function.UnaryOperator;

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

    /**
     * Runs the teacher, where there is one.
     *
     * @param tokens those that predict
     * @param labels {@code [batch, length]}, one column more, not shifted
     * @param kept manager of what lives until the last piece
     * @throws InputException if the teacher does not fit the model
     */
    BatchLoss(LanguageModel model, Objective objective, TokenBatch tokens, NDArray labels, NDManager kept) {
        this.model = model;
        this.labels = labels;
        if (objective instanceof Distillation d) {
            d.requireFits(model);
            this.distillation = d;
            Output output = Unrecorded.call(() -> d.teacher().forward(tokens, null, null));
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
    List<LossRows> pieces(NDArray tokens) {
        long vocabulary = model.embedding().shape().get(0);
        return LossRows.of(tokens.getShape(), distillation == null ? vocabulary : TEACHER_ARRAYS * vocabulary);
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
     * @param tokens {@code [batch, length, dModel]}, a leaf or a view of one
     * @param offset position in the batch of the first of them
     * @param head makes of rows of the tokens those that the head takes
     * @return {@code scale·loss}, which belongs to the manager of the tokens
     */
    NDArray backward(
            GradientCollector collector, double scale, NDArray tokens, long offset, UnaryOperator<NDArray> head) {
        NDManager owner = tokens.getManager();
        NDArray loss = owner.zeros(new Shape());
        for (LossRows rows : pieces(tokens)) {
            try (NDManager piece = owner.newSubManager()) {
                NDArray sum =
                        sum(head.apply(rows.of(piece, tokens)), rows, offset).mul(Constants.scalar(piece, scale));
                collector.backward(sum);
                loss.addi(sum.stopGradient());
            }
        }
        return loss;
    }
}
