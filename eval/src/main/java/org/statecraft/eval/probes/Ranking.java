package org.statecraft.eval.probes;

/** Among which tokens the right answer must be the likeliest. Of equally likely ones the one with the lowest id counts. */
public enum Ranking {
    /** The candidates of the sequence: for a language model, which was never told the alphabet. */
    CANDIDATES,
    /** All tokens of the model: for a model that was trained on the probe. */
    VOCABULARY
}
