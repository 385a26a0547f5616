package org.statecraft.eval.scoring;

import java.util.List;

/** All that the harness knows of a model. Answers come in the order of the requests. */
public interface Scorer {
    /**
     * Scores continuations.
     *
     * @throws UnscorablePairException when nothing is left to score in a pair
     */
    List<LogLikelihood> logLikelihood(List<Request.Continuation> requests, Progress progress);

    /** Scores whole texts; progress counts the windows that they are cut into. */
    List<RollingLogLikelihood> rolling(List<Request.Rolling> requests, Progress progress);
}
