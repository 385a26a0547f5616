package org.statecraft.eval.scoring;

import org.statecraft.model.generate.Generation;

/**
 * A text that the model wrote.
 *
 * @param logProbability of its tokens, or null where no search looked at it
 * @param score by which a search preferred it, or null
 * @param cut how many tokens the prompt lost at its beginning
 */
public record WrittenAnswer(Generation generation, Double logProbability, Double score, int cut) implements Response {
    /** The same with so many tokens of the prompt lost. */
    WrittenAnswer withCut(int tokens) {
        return new WrittenAnswer(generation, logProbability, score, tokens);
    }

    @Override
    public double sum() {
        return logProbability == null ? 0 : logProbability;
    }
}
