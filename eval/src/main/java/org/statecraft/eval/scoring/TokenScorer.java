package org.statecraft.eval.scoring;

import java.util.List;

/** A model as the text level sees it: token ids in, log-probabilities out, in the order of the requests. */
public interface TokenScorer {
    /** The most tokens that the model reads at once. */
    int maxLength();

    /** Scores each request's continuation, its context cut on the left where the two exceed {@code maxLength() + 1} tokens. */
    List<LogLikelihood> score(List<TokenRequest> requests, Progress progress);
}
