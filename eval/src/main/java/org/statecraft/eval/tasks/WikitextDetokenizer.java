package org.statecraft.eval.tasks;

import java.util.regex.Pattern;

/** Undoes the tokenisation of WikiText: a fixed sequence of replacements, in the order of {@code methods/evaluation.md}, 4.1. */
final class WikitextDetokenizer {
    private static final String[] NUMBERS_AND_HYPHENS = {" @-@ ", "-", " @,@ ", ",", " @.@ ", "."};
    private static final String[] PUNCTUATION = {
        " : ", ": ", " ; ", "; ", " . ", ". ", " ! ", "! ", " ? ", "? ", " , ", ", "
    };
    private static final String[] REST = {
        "= = = =",
        "====",
        "= = =",
        "===",
        "= =",
        "==",
        " " + "\u00b0" + " ",
        "\u00b0",
        " \n",
        "\n",
        "\n ",
        "\n",
        " N ",
        " 1 ",
        " 's",
        "'s"
    };

    /** Blanks just inside of a pair, whose content does not hold its closing character. */
    private static final Pattern[] PAIRS = {
        pair("\\(", "\\)"), pair("\\[", "\\]"), pair("\\{", "\\}"), pair("\"", "\""), pair("'", "'")
    };

    private WikitextDetokenizer() {}

    private static Pattern pair(String open, String close) {
        return Pattern.compile(
                "(" + open + ")\\s*([^" + close + "]*?)\\s*(" + close + ")", Pattern.UNICODE_CHARACTER_CLASS);
    }

    static String of(String page) {
        String text = replaced(page.replace("s '", "s'"), NUMBERS_AND_HYPHENS);
        text = replaced(text, PUNCTUATION);
        for (Pattern pair : PAIRS) {
            text = pair.matcher(text).replaceAll("$1$2$3");
        }
        return replaced(text, REST);
    }

    private static String replaced(String text, String[] pairs) {
        String result = text;
        for (int i = 0; i < pairs.length; i += 2) {
            result = result.replace(pairs[i], pairs[i + 1]);
        }
        return result;
    }
}
