package org.statecraft.workbench.compare;

import java.util.Map;

/**
 * A document as a sample tells of it.
 *
 * @param hash of the document; null in samples of an old lm-evaluation-harness, like the other two
 * @param scores metric to value: a number, or log-likelihood and weight, or {@link #NOT_COUNTED}
 */
record Document(long id, String hash, String promptHash, String targetHash, Map<String, double[]> scores) {
    /** The value of a metric that leaves the document out. */
    static final double[] NOT_COUNTED = {};

    boolean hashesComplete() {
        return hash != null && promptHash != null && targetHash != null;
    }
}
