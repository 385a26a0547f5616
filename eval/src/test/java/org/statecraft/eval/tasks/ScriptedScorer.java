package org.statecraft.eval.tasks;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.statecraft.eval.scoring.LogLikelihood;
import org.statecraft.eval.scoring.Progress;
import org.statecraft.eval.scoring.TokenRequest;
import org.statecraft.eval.scoring.TokenScorer;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.generate.BeamOptions;
import org.statecraft.model.generate.Generation;
import org.statecraft.model.generate.Hypothesis;

/**
 * A model that answers what it was told to.
 *
 * @param answers by a text that the prompt holds
 */
record ScriptedScorer(Tokenizer tokenizer, Map<String, String> answers, List<String> prompts) implements TokenScorer {
    private static final float UNLIKELY = -9;

    @Override
    public int maxLength() {
        return 30;
    }

    private String answer(int[] prompt) {
        String text = tokenizer.decode(prompt);
        prompts.add(text);
        return answers.entrySet().stream()
                .filter(answer -> text.contains(answer.getKey()))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    @Override
    public void next(List<int[]> all, NextTokens next, Progress progress) {
        for (int i = 0; i < all.size(); i++) {
            float[] log = new float[tokenizer.size() + 10];
            Arrays.fill(log, UNLIKELY);
            log[tokenizer.encode(answer(all.get(i)))[0]] = -0.5f;
            next.at(i, log);
        }
    }

    @Override
    public Hypothesis write(int[] prompt, BeamOptions search, Tokenizer with) {
        String text = answer(prompt);
        int[] tokens = tokenizer.encode(text);
        return new Hypothesis(new Generation(text, tokens, Generation.Finish.END_OF_TEXT), -2, -0.25);
    }

    @Override
    public List<LogLikelihood> score(List<TokenRequest> requests, Progress progress) {
        throw new UnsupportedOperationException();
    }
}
