package org.statecraft.eval.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PorterStemmerTest {

    /** Stems of NLTK 3.10.4; those of the first three rows differ from the classical stemmer's. */
    @ParameterizedTest
    @CsvSource({
        "dying, die",
        "skies, sky",
        "news, news",
        "innings, inning",
        "proceed, proceed",
        "ties, tie",
        "died, die",
        "enjoy, enjoy",
        "spy, spi",
        "flies, fli",
        "only, onli",
        "rationally, ration",
        "hopefully, hope",
        "geologi, geolog",
        "archaeologi, archaeolog",
        "owed, owe",
        "ate, ate",
        "ages, age",
        "used, use",
        "eating, eat",
        "caresses, caress",
        "ponies, poni",
        "cats, cat",
        "agreed, agre",
        "feed, feed",
        "plastered, plaster",
        "sing, sing",
        "conflated, conflat",
        "troubled, troubl",
        "sized, size",
        "hopping, hop",
        "falling, fall",
        "filing, file",
        "relational, relat",
        "conditional, condit",
        "digitizer, digit",
        "sensibiliti, sensibl",
        "triplicate, triplic",
        "goodness, good",
        "adoption, adopt",
        "replacement, replac",
        "probate, probat",
        "rate, rate",
        "cease, ceas",
        "controlling, control",
        "roll, roll",
        "by, by",
        "yyyy, yyyi"
    })
    void stemsAreThoseOfNltk(String word, String stem) {
        assertEquals(stem, PorterStemmer.stem(word));
    }

    @Test
    void aLongRunOfOneLetterIsStemmedToo() {
        assertEquals(100_000, PorterStemmer.stem("y".repeat(100_000)).length());
    }
}
