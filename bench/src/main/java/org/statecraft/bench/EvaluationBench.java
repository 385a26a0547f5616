package org.statecraft.bench;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.statecraft.eval.scoring.Answers;
import org.statecraft.eval.scoring.LanguageModelScorer;
import org.statecraft.eval.scoring.ScoringOptions;
import org.statecraft.eval.scoring.TokenRequest;
import org.statecraft.eval.scoring.TokenScore;
import org.statecraft.model.LanguageModel;

/**
 * Questions with several choices, of about the lengths of HellaSwag: each context is read once and its choices go on from the state behind
 * it.
 */
final class EvaluationBench {
    static final int QUESTIONS = 8;
    static final int CONTEXT = 100;
    private static final int CHOICES = 4;
    private static final int CONTINUATION = 20;

    private EvaluationBench() {}

    /** Against the products of the tokens that have to be read. */
    static Pairs run(LanguageModel model, long questions, long context, int repetitions) {
        List<List<TokenRequest>> byChoice = requests(model, questions, context);
        List<TokenRequest> all = byChoice.stream().flatMap(List::stream).toList();
        try (NDManager scope = model.newScope()) {
            long tokens = questions * (context + (long) CHOICES * (CONTINUATION - 1));
            long scored = questions * (1 + (long) CHOICES * (CONTINUATION - 1));
            Floor floor = Floor.of(model, scope, tokens, scored);
            return Pairs.measure(repetitions, () -> score(model, all), floor::run);
        }
    }

    /** Against the same requests put so that none shares its context: one choice of every question at a time. */
    static Pairs sharing(LanguageModel model, long questions, long context, int repetitions) {
        List<List<TokenRequest>> byChoice = requests(model, questions, context);
        List<TokenRequest> all = byChoice.stream().flatMap(List::stream).toList();
        return Pairs.measure(
                repetitions, () -> score(model, all), () -> byChoice.forEach(choice -> score(model, choice)));
    }

    private static List<List<TokenRequest>> requests(LanguageModel model, long questions, long context) {
        SplittableRandom random = new SplittableRandom(1);
        int vocabulary = model.config().vocabSize();
        List<List<TokenRequest>> byChoice = new ArrayList<>();
        List<int[]> contexts = new ArrayList<>();
        for (int q = 0; q < questions; q++) {
            contexts.add(random.ints(context, 0, vocabulary).toArray());
        }
        for (int c = 0; c < CHOICES; c++) {
            byChoice.add(contexts.stream()
                    .map(read -> new TokenRequest(
                            read, random.ints(CONTINUATION, 0, vocabulary).toArray()))
                    .toList());
        }
        return byChoice;
    }

    private static void score(LanguageModel model, List<TokenRequest> requests) {
        new LanguageModelScorer(model, new ScoringOptions(QUESTIONS, 2048)).score(requests, new Answers<>() {
            @Override
            public void answer(int request, TokenScore score) {
                // only the time counts
            }
        });
    }
}
