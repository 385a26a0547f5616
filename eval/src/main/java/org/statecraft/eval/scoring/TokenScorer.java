package org.statecraft.eval.scoring;

import java.util.List;
import org.statecraft.model.Tokenizer;

/** A model as the text level sees it: token ids in, log-probabilities out. */
public interface TokenScorer {
    /** The most tokens that the model reads at once. */
    int maxLength();

    /**
     * Scores each request's continuation, its context cut on the left where the two exceed {@code maxLength() + 1} tokens.
     *
     * @param requests different ones
     */
    void score(List<TokenRequest> requests, Answers<TokenScore> answers);

    /**
     * Continues prompts of at least one token.
     *
     * @param tokenizer makes texts of tokens, and stops a text where it has a stop text
     */
    void write(List<int[]> prompts, GenerationSettings how, Tokenizer tokenizer, Answers<WrittenAnswer> answers);
}
