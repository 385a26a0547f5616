package org.statecraft.workbench.execute;

import java.util.Arrays;
import org.statecraft.eval.probes.ProbeSequence;
import org.statecraft.eval.probes.SymbolTokens;
import org.statecraft.eval.probes.TokenProbe;
import org.statecraft.model.CrossEntropy;
import org.statecraft.model.Tokenizer;
import org.statecraft.peft.train.TrainingData.Example;

/**
 * Sequences of a probe as training examples, in the tokens that also stand for its symbols when a model is scored on it.
 *
 * @param endOfText the id that ends a text
 */
record ProbeTokens(SymbolTokens symbols, int endOfText) {

    /**
     * Finds the tokens.
     *
     * @throws org.statecraft.model.InputException when the vocabulary has too few for the symbols of the probe
     */
    static ProbeTokens of(TokenProbe probe, Tokenizer tokenizer) {
        return new ProbeTokens(SymbolTokens.of(probe, tokenizer), tokenizer.endOfText());
    }

    /**
     * A sequence as a training example: labels move by one, because an example labels the token that is to come. One that asks
     * something behind its last symbol gets a further token, of which only the label is used.
     */
    Example example(ProbeSequence sequence) {
        int length = sequence.input().length;
        boolean asksLast = sequence.labels()[length - 1] != ProbeSequence.IGNORED;
        int[] tokens = new int[asksLast ? length + 1 : length];
        int[] labels = new int[tokens.length];
        Arrays.fill(labels, CrossEntropy.IGNORED);
        tokens[tokens.length - 1] = endOfText;
        System.arraycopy(symbols.input(sequence), 0, tokens, 0, length);
        int[] answers = symbols.labels(sequence.labels());
        for (int t = 0; t < length; t++) {
            if (answers[t] != ProbeSequence.IGNORED) {
                labels[t + 1] = answers[t];
            }
        }
        return new Example(tokens, labels);
    }
}
