package org.statecraft.eval.scoring;

/** A model's answer to one {@link Request}. */
public sealed interface Response permits LogLikelihood, RollingLogLikelihood {
    /** Sum of the natural-log probabilities of the tokens that were asked for. */
    double sum();
}
