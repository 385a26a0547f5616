package org.statecraft.eval.scoring;

/** A model's answer to one {@link Request}. */
public sealed interface Response permits LogLikelihood, RollingLogLikelihood, LabelAnswer, WrittenAnswer {
    /** Sum of the natural-log probabilities of the tokens that were asked for, or that the model answered with. */
    double sum();
}
