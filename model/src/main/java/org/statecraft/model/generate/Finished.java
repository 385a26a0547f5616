package org.statecraft.model.generate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The best ended texts of a beam search, as many as there are beams; an earlier one wins a tie. */
final class Finished {
    private final int most;
    private final double lengthPenalty;
    private final List<Hypothesis> best = new ArrayList<>();

    Finished(BeamOptions options) {
        this.most = options.beams();
        this.lengthPenalty = options.lengthPenalty();
    }

    /** Takes a text of so many tokens, the end-of-text token counted, unless there are enough better ones. */
    void add(Generation generation, double logProbability, int length) {
        best.add(new Hypothesis(generation, logProbability, score(logProbability, length)));
        best.sort(Comparator.comparingDouble(hypothesis -> -hypothesis.score()));
        if (best.size() > most) {
            best.remove(most);
        }
    }

    /**
     * Whether no text that grows on is expected to be better. As in transformers ({@code early_stopping=False}) that is a guess: the
     * best that a text can become is taken to be what the best candidate of this length is now.
     */
    boolean complete(double bestLogProbability, int length) {
        return best.size() == most && best.get(most - 1).score() >= score(bestLogProbability, length);
    }

    private double score(double logProbability, int length) {
        return logProbability / Math.pow(length, lengthPenalty);
    }

    /** Best first. */
    List<Hypothesis> hypotheses() {
        return List.copyOf(best);
    }
}
