package org.statecraft.eval.scoring;

/** A model's answer to one {@link Request}. */
public sealed interface Response permits LogLikelihood, RollingLogLikelihood, WrittenAnswer, Marks {
    /** Sum of the natural-log probabilities of the tokens that were asked for or written, 0 where it is not known. */
    double sum();
}
