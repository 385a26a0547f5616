package org.statecraft.model;

/** What a training makes small: a sum over the labels that count, computed from the logits of some tokens at a time. */
public sealed interface Objective permits Objective.NextToken, Distillation {

    /** Cross-entropy with the tokens of the data alone. */
    Objective CROSS_ENTROPY = new NextToken();

    /** The type of {@link #CROSS_ENTROPY}. */
    record NextToken() implements Objective {}
}
