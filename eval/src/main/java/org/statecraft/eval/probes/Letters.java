package org.statecraft.eval.probes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Symbols of one character each, by their position. */
record Letters(String characters) {

    List<String> names() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < characters.length(); i++) {
            names.add(characters.substring(i, i + 1));
        }
        return names;
    }

    int symbol(char letter) {
        int symbol = characters.indexOf(letter);
        if (symbol < 0) {
            throw new IllegalArgumentException("'" + letter + "' is none of " + characters);
        }
        return symbol;
    }

    int[] symbols(String text) {
        return text.chars().map(c -> symbol((char) c)).toArray();
    }

    /**
     * The text of symbols.
     *
     * @throws NotInProbeException at a symbol that is no letter
     */
    String text(int[] symbols) {
        StringBuilder text = new StringBuilder();
        for (int t = 0; t < symbols.length; t++) {
            if (symbols[t] < 0 || symbols[t] >= characters.length()) {
                throw new NotInProbeException("position " + t + " holds the symbol " + symbols[t]
                        + ", which is none of the letters " + Arrays.toString(characters.toCharArray()));
            }
            text.append(characters.charAt(symbols[t]));
        }
        return text.toString();
    }
}
