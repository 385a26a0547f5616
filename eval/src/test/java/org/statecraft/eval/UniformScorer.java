package org.statecraft.eval;

import java.util.Arrays;
import java.util.List;
import org.statecraft.eval.scoring.Answers;
import org.statecraft.eval.scoring.GenerationSettings;
import org.statecraft.eval.scoring.TokenRequest;
import org.statecraft.eval.scoring.TokenScore;
import org.statecraft.eval.scoring.TokenScorer;
import org.statecraft.eval.scoring.WrittenAnswer;
import org.statecraft.model.Tokenizer;

/** A model without weights: every token has the same given log-probability. */
public record UniformScorer(double logProbability, int maxLength) implements TokenScorer {
    @Override
    public void score(List<TokenRequest> requests, Answers<TokenScore> answers) {
        for (int i = 0; i < requests.size(); i++) {
            float[] tokens = new float[requests.get(i).continuation().length];
            Arrays.fill(tokens, (float) logProbability);
            answers.answer(i, new TokenScore(false, tokens));
            answers.batchDone();
        }
    }

    @Override
    public void write(
            List<int[]> prompts, GenerationSettings how, Tokenizer tokenizer, Answers<WrittenAnswer> answers) {
        throw new UnsupportedOperationException();
    }
}
