package org.statecraft.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.statecraft.eval.scoring.LogLikelihood;
import org.statecraft.eval.scoring.Progress;
import org.statecraft.eval.scoring.TokenRequest;
import org.statecraft.eval.scoring.TokenScorer;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.generate.BeamOptions;
import org.statecraft.model.generate.Hypothesis;

/** A model without weights: every token has the same given log-probability. */
public record UniformScorer(double logProbability, int maxLength) implements TokenScorer {
    @Override
    public List<LogLikelihood> score(List<TokenRequest> requests, Progress progress) {
        List<LogLikelihood> scores = new ArrayList<>();
        for (TokenRequest request : requests) {
            float[] tokens = new float[request.continuation().length];
            Arrays.fill(tokens, (float) logProbability);
            scores.add(new LogLikelihood(tokens.length * logProbability, false, tokens));
            progress.at(scores.size(), requests.size());
        }
        return scores;
    }

    @Override
    public void next(List<int[]> prompts, NextTokens answers, Progress progress) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Hypothesis write(int[] prompt, BeamOptions search, Tokenizer tokenizer) {
        throw new UnsupportedOperationException();
    }
}
