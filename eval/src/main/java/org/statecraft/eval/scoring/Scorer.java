package org.statecraft.eval.scoring;

import java.util.List;

/** All that the harness knows of a model. Answers come in the order of the requests. */
public interface Scorer {
    /**
     * Scores continuations.
     *
     * @throws UnscorableRequestException when nothing is left to score in a pair
     */
    List<LogLikelihood> logLikelihood(List<Request.Continuation> requests, Progress progress);

    /** Scores whole texts; progress counts the windows that they are cut into. */
    List<RollingLogLikelihood> rolling(List<Request.Rolling> requests, Progress progress);

    /**
     * Finds the likeliest token after each prompt.
     *
     * @throws UnscorableRequestException for a prompt of more tokens than the model reads at once: cutting it would change the question
     */
    List<LabelAnswer> label(List<Request.Label> requests, Progress progress);

    /**
     * Continues each prompt.
     *
     * @throws UnscorableRequestException as for {@link #label}
     */
    List<WrittenAnswer> generate(List<Request.Generate> requests, Progress progress);
}
