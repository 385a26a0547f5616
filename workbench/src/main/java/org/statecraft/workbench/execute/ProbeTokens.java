package org.statecraft.workbench.execute;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.statecraft.eval.probes.ProbeSequence;
import org.statecraft.eval.probes.TokenProbe;
import org.statecraft.model.CrossEntropy;
import org.statecraft.model.InputException;
import org.statecraft.model.Tokenizer;
import org.statecraft.peft.train.TrainingData.Example;

/**
 * The tokens that stand for the symbols of a probe.
 *
 * <p>Where the vocabulary has a token for each symbol, as that of a model trained on the probe, it is that one. Other models get
 * any: the first ids of their vocabulary, without the one that ends a text. What a token means in a text is no matter, since all
 * that counts is which of them stood beside which.
 *
 * @param ids by the number of the symbol
 * @param endOfText the id that ends a text
 */
record ProbeTokens(int[] ids, int endOfText) {

    /**
     * Finds the tokens.
     *
     * @throws InputException when the vocabulary is smaller than the alphabet of the probe
     */
    static ProbeTokens of(TokenProbe probe, Tokenizer tokenizer) {
        List<String> symbols = probe.alphabet();
        int[] named = named(symbols, tokenizer);
        if (named != null) {
            return new ProbeTokens(named, tokenizer.endOfText());
        }
        int[] first = IntStream.range(0, tokenizer.size())
                .filter(id -> id != tokenizer.endOfText())
                .limit(symbols.size())
                .toArray();
        if (first.length < symbols.size()) {
            throw new InputException("probe " + probe.name() + " has " + symbols.size()
                    + " symbols, but the vocabulary of the model only " + tokenizer.size()
                    + " tokens; give the probe fewer symbols or choose another model");
        }
        return new ProbeTokens(first, tokenizer.endOfText());
    }

    /** The token of each symbol's name; null where one of them is not a token of its own. */
    private static int[] named(List<String> symbols, Tokenizer tokenizer) {
        int[] ids = new int[symbols.size()];
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < ids.length; i++) {
            int[] encoded;
            try {
                encoded = tokenizer.encode(symbols.get(i));
            } catch (InputException e) {
                return null; // a word that a vocabulary of words does not have
            }
            if (encoded.length != 1 || !seen.add(encoded[0])) {
                return null;
            }
            ids[i] = encoded[0];
        }
        return ids;
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
        for (int t = 0; t < length; t++) {
            tokens[t] = ids[sequence.input()[t]];
            int answer = sequence.labels()[t];
            if (answer != ProbeSequence.IGNORED) {
                labels[t + 1] = ids[answer];
            }
        }
        return new Example(tokens, labels);
    }
}
