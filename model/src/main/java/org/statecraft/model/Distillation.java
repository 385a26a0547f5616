package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;

/**
 * Learning from the data and from another model at once. For each label that counts, with the logits {@code z} of the model
 * and {@code v} of the teacher,
 *
 * <pre>(1 - weight)·crossEntropy(z) + weight·T²·KL(softmax(v/T) ‖ softmax(z/T))</pre>
 *
 * <p>The factor {@code T²} keeps the gradient of the second term, which falls with {@code 1/T²}, comparable between
 * temperatures (Hinton, Vinyals and Dean 2015, section 2). No gradient goes through the teacher. All columns of the logits
 * take part, padded vocabulary rows too.
 *
 * @param teacher a model with the same vocabulary on the same device; it stays open and belongs to the caller
 * @param weight share of the teacher, 0 to 1
 * @param temperature {@code T}, above 0: the higher, the more the unlikely tokens of the teacher count
 */
public record Distillation(LanguageModel teacher, double weight, double temperature) implements Objective {

    public Distillation {
        if (!(weight >= 0 && weight <= 1)) {
            throw new InputException("the weight of the teacher is " + weight + "; expected a number from 0 to 1");
        }
        if (!(temperature > 0 && Double.isFinite(temperature))) {
            throw new InputException(
                    "the temperature of the distillation is " + temperature + "; expected a number above 0");
        }
    }

    /**
     * Fails for a student whose logits cannot be compared with those of the teacher.
     *
     * @throws InputException if the numbers of vocabulary rows or the devices differ
     */
    void requireFits(LanguageModel student) {
        long expected = student.head().shape().get(0);
        long found = teacher.head().shape().get(0);
        if (expected != found
                || student.config().vocabSize() != teacher.config().vocabSize()) {
            throw new InputException("the teacher has a vocabulary of "
                    + teacher.config().vocabSize() + " tokens in " + found + " rows, the model one of "
                    + student.config().vocabSize() + " in " + expected
                    + "; expected the same, because the two are compared token by token: choose a teacher with the "
                    + "tokenizer of the model");
        }
        if (!teacher.device().equals(student.device())) {
            throw new InputException("the teacher is on " + teacher.device() + ", the model on " + student.device()
                    + "; load both on one device");
        }
    }

    /**
     * The loss of some tokens.
     *
     * @param logits {@code [..., vocabulary]}, each row already standing beside the label that it predicts
     * @param teacherHidden rows of {@link Output#hidden} of the teacher for the same tokens
     * @param labels {@code [...]} int64
     * @return a scalar
     */
    NDArray sum(NDArray logits, NDArray teacherHidden, NDArray labels) {
        NDManager scope = logits.getManager();
        NDArray data = CrossEntropy.sum(logits, labels).mul(Constants.scalar(scope, 1 - weight));
        NDArray divergence = divergence(logits, teacherHidden, labels);
        return data.add(divergence.mul(Constants.scalar(scope, weight * temperature * temperature)));
    }

    private NDArray divergence(NDArray logits, NDArray teacherHidden, NDArray labels) {
        int last = logits.getShape().dimension() - 1;
        NDArray coldness = Constants.scalar(logits.getManager(), 1 / temperature);
        NDArray expected = Unrecorded.call(
                () -> teacher.logits(teacherHidden).mul(coldness).logSoftmax(last));
        NDArray probabilities = Unrecorded.call(expected::exp);
        NDArray actual = logits.mul(coldness).logSoftmax(last);
        // one difference of logarithms, not of two large sums: exactly 0 where both models agree
        NDArray perLabel = probabilities.mul(expected.sub(actual)).sum(new int[] {last});
        NDArray counted = labels.neq(CrossEntropy.IGNORED).toType(DataType.FLOAT32, false);
        return perLabel.mul(counted).sum();
    }
}
