package org.statecraft.eval.scoring;

import java.util.List;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.generate.BeamOptions;
import org.statecraft.model.generate.Hypothesis;

/** A model as the text level sees it: token ids in, log-probabilities out, in the order of the requests. */
public interface TokenScorer {
    /** The most tokens that the model reads at once. */
    int maxLength();

    /** Scores each request's continuation, its context cut on the left where the two exceed {@code maxLength() + 1} tokens. */
    List<LogLikelihood> score(List<TokenRequest> requests, Progress progress);

    /** The log-probabilities of all tokens after a prompt, padded rows of the vocabulary included. */
    @FunctionalInterface
    interface NextTokens {
        /** Takes {@code logProbabilities [vocabulary]} after the prompt at a position of the list. */
        void at(int prompt, float[] logProbabilities);
    }

    /** Reads prompts, each at most {@link #maxLength} tokens, and hands over what may follow. */
    void next(List<int[]> prompts, NextTokens answers, Progress progress);

    /**
     * The best continuation of a prompt.
     *
     * @param tokenizer makes it a text, and stops it where that has a stop text
     */
    Hypothesis write(int[] prompt, BeamOptions search, Tokenizer tokenizer);
}
