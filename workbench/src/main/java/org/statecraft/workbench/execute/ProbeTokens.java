package org.statecraft.workbench.execute;

import java.util.Arrays;
import org.statecraft.eval.probes.ProbeSequence;
import org.statecraft.eval.probes.SymbolTokens;
import org.statecraft.eval.probes.TokenProbe;
import org.statecraft.model.CrossEntropy;
import org.statecraft.model.Tokenizer;
import org.statecraft.peft.train.TrainingData.Example;

/**
 * What a model reads and learns of a probe, in the tokens that also stand for its symbols when a model is scored on it.
 *
 * @param endOfText the id that ends a text
 */
record ProbeTokens(TokenProbe probe, SymbolTokens tokens, int endOfText) {

    /**
     * The tokens of a probe in a vocabulary.
     *
     * @throws org.statecraft.model.InputException when it has neither the symbols nor enough words
     */
    static ProbeTokens of(TokenProbe probe, Tokenizer tokenizer) {
        return new ProbeTokens(probe, SymbolTokens.of(probe, tokenizer), tokenizer.endOfText());
    }

    /**
     * A sequence as a training example: labels move by one, because an example labels the token that is to come. One that asks
     * something behind its last symbol gets a further token, of which only the label is used.
     */
    Example example(ProbeSequence sequence) {
        int[] input = tokens.input(sequence);
        int[] answers = tokens.labels(probe.trainingLabels(sequence));
        boolean asksLast = answers[answers.length - 1] != ProbeSequence.IGNORED;
        int[] ids = Arrays.copyOf(input, asksLast ? input.length + 1 : input.length);
        int[] labels = new int[ids.length];
        Arrays.fill(labels, CrossEntropy.IGNORED);
        if (asksLast) {
            ids[input.length] = endOfText;
        }
        for (int t = 0; t + 1 < labels.length; t++) {
            if (answers[t] != ProbeSequence.IGNORED) {
                labels[t + 1] = answers[t];
            }
        }
        return new Example(ids, labels);
    }
}
