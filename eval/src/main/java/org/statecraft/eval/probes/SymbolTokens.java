package org.statecraft.eval.probes;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.statecraft.model.InputException;
import org.statecraft.model.Tokenizer;

/** Which token id stands for each symbol of a probe. */
public final class SymbolTokens {
    /** A word in the middle of a text, of letters only and long enough to be one. */
    private static final Pattern WORD = Pattern.compile(" [a-z]{4,}");

    private final int[] ids;

    private SymbolTokens(int[] ids) {
        this.ids = ids;
    }

    /** The symbols' own numbers: for a model that was trained on the probe. */
    public static SymbolTokens identity(TokenProbe probe) {
        return new SymbolTokens(IntStream.range(0, probe.alphabet().size()).toArray());
    }

    /**
     * Words of one token each: for a language model, to which the symbols' names mean nothing. The words are the tokenizer's first, in
     * the order of their ids, of a blank and at least four small letters that are also encoded to that one token.
     *
     * @throws InputException when the tokenizer has fewer such words than the probe has symbols
     */
    public static SymbolTokens words(TokenProbe probe, Tokenizer tokenizer) {
        int wanted = probe.alphabet().size();
        int[] ids = IntStream.range(0, tokenizer.size())
                .filter(id -> isWord(tokenizer, id))
                .limit(wanted)
                .toArray();
        if (ids.length < wanted) {
            throw new InputException(
                    "probe " + probe.name() + " has " + wanted + " symbols, but the tokenizer has only " + ids.length
                            + " words of one token; lower the probe's vocab");
        }
        return new SymbolTokens(ids);
    }

    private static boolean isWord(Tokenizer tokenizer, int id) {
        String text = tokenizer.decode(new int[] {id});
        return WORD.matcher(text).matches() && Arrays.equals(tokenizer.encode(text), new int[] {id});
    }

    int id(int symbol) {
        return ids[symbol];
    }

    int[] ids(int[] symbols) {
        return IntStream.of(symbols).map(this::id).toArray();
    }

    /** What the symbols become as training or scoring labels: {@link ProbeSequence#IGNORED} stays. */
    public int[] labels(int[] labels) {
        return IntStream.of(labels)
                .map(label -> label == ProbeSequence.IGNORED ? label : id(label))
                .toArray();
    }

    /** The tokens that the model reads. */
    public int[] input(ProbeSequence sequence) {
        return ids(sequence.input());
    }

    void requireFits(int vocabulary) {
        int largest = IntStream.of(ids).max().orElse(0);
        if (largest >= vocabulary) {
            throw new InputException("a symbol of the probe is the token " + largest + ", but the model has only "
                    + vocabulary + " rows; train a model of at least " + (largest + 1)
                    + " tokens, or lower the probe's vocab");
        }
    }
}
