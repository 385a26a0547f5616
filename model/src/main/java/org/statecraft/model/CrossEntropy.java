package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;

/** Negative log-likelihood of tokens under logits. */
public final class CrossEntropy {
    /** Label of a position that does not count. */
    public static final int IGNORED = -100;

    private CrossEntropy() {}

    /**
     * Log-probability of one token for each row of logits. All columns take part in the softmax, padded vocabulary rows too.
     *
     * @param logits {@code [..., vocabulary]}
     * @param tokens {@code [...]} int64
     * @return {@code [...]}
     */
    public static NDArray logProbabilities(NDArray logits, NDArray tokens) {
        int last = logits.getShape().dimension() - 1;
        return logits.logSoftmax(last).gather(tokens.expandDims(last), last).squeeze(last);
    }

    /**
     * Sum of {@code -log p} over the labels that are not {@link #IGNORED}.
     *
     * @param logits {@code [..., vocabulary]}, each row already standing beside the label that it predicts
     * @param labels {@code [...]} int64
     * @return a scalar
     */
    public static NDArray sum(NDArray logits, NDArray labels) {
        NDArray counted = labels.neq(IGNORED);
        NDArray logp = logProbabilities(logits, labels.mul(counted.toType(DataType.INT64, false)));
        return logp.mul(counted.toType(DataType.FLOAT32, false)).sum().neg();
    }
}
