package org.statecraft.eval.tasks;

import java.util.List;
import java.util.Map;
import org.statecraft.eval.scoring.Answers;
import org.statecraft.eval.scoring.GenerationSettings;
import org.statecraft.eval.scoring.TokenRequest;
import org.statecraft.eval.scoring.TokenScore;
import org.statecraft.eval.scoring.TokenScorer;
import org.statecraft.eval.scoring.WrittenAnswer;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.generate.Generation;

/**
 * A model that answers what it was told to.
 *
 * @param answers by a text that the prompt holds
 */
record ScriptedScorer(Tokenizer tokenizer, Map<String, String> answers, List<String> prompts) implements TokenScorer {
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
    public void write(List<int[]> all, GenerationSettings how, Tokenizer with, Answers<WrittenAnswer> written) {
        for (int i = 0; i < all.size(); i++) {
            String text = answer(all.get(i));
            Generation generation = new Generation(text, tokenizer.encode(text), Generation.Finish.END_OF_TEXT);
            written.answer(i, new WrittenAnswer(generation, -2.0, -0.25, 0));
        }
    }

    @Override
    public void score(List<TokenRequest> requests, Answers<TokenScore> scores) {
        throw new UnsupportedOperationException();
    }
}
