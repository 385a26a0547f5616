package org.statecraft.eval.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.statecraft.eval.text.ExactMatch.Ignored;

/** The cases are those that the documentation of huggingface/evaluate works out. */
class ExactMatchTest {
    private static final List<String> REFERENCES = List.of("the cat", "theater", "YELLING", "agent007");
    private static final List<String> PREDICTIONS = List.of("cat?", "theater", "yelling", "agent");

    @Test
    void nothingIsIgnoredUnasked() {
        assertEquals(0.25, rate(Ignored.NOTHING));
    }

    @Test
    void regularExpressionsAreCutBeforeCaseIsIgnored() {
        assertEquals(0.5, rate(new Ignored(patterns("the ", "yell"), true, true, false)));
        assertEquals(0.75, rate(new Ignored(patterns("the ", "yell", "YELL"), true, true, false)));
    }

    @Test
    void digitsCanBeIgnored() {
        assertEquals(1, rate(new Ignored(patterns("the ", "yell", "YELL"), true, true, true)));
    }

    @Test
    void anyReferenceWillDo() {
        assertEquals(1, ExactMatch.score("b", List.of("a", "b"), Ignored.NOTHING));
        assertEquals(1, ExactMatch.score("?", List.of("!"), new Ignored(List.of(), false, true, false)));
    }

    private static List<Pattern> patterns(String... regexes) {
        return List.of(regexes).stream().map(Pattern::compile).toList();
    }

    private static double rate(Ignored ignored) {
        return IntStream.range(0, 4)
                .map(i -> ExactMatch.score(PREDICTIONS.get(i), List.of(REFERENCES.get(i)), ignored))
                .average()
                .orElseThrow();
    }
}
