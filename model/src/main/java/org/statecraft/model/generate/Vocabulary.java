package org.statecraft.model.generate;

import java.util.List;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Tokenizer;

/**
 * Which ids can be chosen, and which end a text.
 *
 * @param size ids from here on belong to no token: rows that only pad the head
 * @param endOfText of the tokenizer
 * @param more further ids that end a text
 */
record Vocabulary(int size, int endOfText, List<Integer> more) {

    static Vocabulary of(LanguageModel model, Tokenizer tokenizer) {
        int size = Math.min(tokenizer.size(), model.config().vocabSize());
        return new Vocabulary(size, tokenizer.endOfText(), model.config().eosTokenIds());
    }

    /** How many ids end a text. */
    int ends() {
        return 1 + (int) more.stream().filter(id -> id != endOfText).distinct().count();
    }

    boolean ends(int token) {
        return token == endOfText || more.contains(token);
    }
}
