package org.statecraft.eval.scoring;

/** How a text longer than a model reads at once is cut. */
public enum Windows {
    /** Each token is scored once, and the first one too: it follows the prefix token. The harness's rule. */
    OVERLAPPING,
    /**
     * One behind the other, each full, without a prefix token: the first token of each is read and not scored, and what does not fill a
     * window is dropped. The rule of papers on pruning ({@code methods/evaluation.md}, 1.3).
     */
    DISJOINT
}
