package org.statecraft.eval.scoring;

import java.util.List;

/** All that the harness knows of a model: three kinds of requests. */
public interface Scorer {
    /**
     * Scores continuations.
     *
     * @throws UnscorableRequestException when nothing is left to score in a pair
     */
    void logLikelihood(List<Request.Continuation> requests, Answers<LogLikelihood> answers);

    /** Scores whole texts. */
    void rolling(List<Request.Rolling> requests, Answers<RollingLogLikelihood> answers);

    /** Continues prompts; one that is too long beside its new tokens loses its beginning, and the answer says so. */
    void generate(List<Request.Generate> requests, Answers<WrittenAnswer> answers);
}
