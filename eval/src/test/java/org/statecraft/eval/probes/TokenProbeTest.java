package org.statecraft.eval.probes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TokenProbeTest {

    static Stream<String> names() {
        return ProbeCatalog.names().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatIsDrawnIsRecognisedWithItsLabels(String name) {
        TokenProbe probe = TokenProbe.of(name, Map.of());
        for (ProbeSlice slice : Stream.concat(probe.slices().stream(), probe.trainingSlices().stream())
                .toList()) {
            for (ProbeSequence drawn : ProbeData.draw(probe, slice, Split.TEST, 1, 3)) {
                int[] answers = probe.answers(drawn.input(), slice);
                for (int t = 0; t < answers.length; t++) {
                    boolean scored = drawn.labels()[t] != ProbeSequence.IGNORED;
                    if (scored || !name.equals("mqar")) {
                        assertEquals(answers[t], drawn.labels()[t], slice + " position " + t);
                    }
                }
                assertTrue(drawn.scored() > 0);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void labelsAreCandidatesAndSymbolsOfTheAlphabet(String name) {
        TokenProbe probe = TokenProbe.of(name, Map.of());
        int symbols = probe.alphabet().size();
        assertEquals(symbols, new HashSet<>(probe.alphabet()).size());
        ProbeSlice slice = probe.slices().get(0);
        assertEquals(slice, ProbeSlice.parse(slice.label()));
        for (ProbeSequence drawn : ProbeData.draw(probe, slice, Split.TEST, 1, 20)) {
            List<Integer> candidates = IntStream.of(drawn.candidates()).boxed().toList();
            assertEquals(candidates.size(), new HashSet<>(candidates).size());
            assertTrue(candidates.stream().allMatch(c -> c >= 0 && c < symbols));
            assertTrue(IntStream.of(drawn.input()).allMatch(s -> s >= 0 && s < symbols));
            assertTrue(IntStream.of(drawn.labels())
                    .allMatch(label -> label == ProbeSequence.IGNORED || candidates.contains(label)));
        }
    }

    static Stream<Arguments> tiny() {
        return Stream.of(
                Arguments.of("mqar", Map.of("vocab", "6", "filler", "zero"), "T=6 k=1", 6),
                Arguments.of("selective-copying", Map.of("vocab", "2"), "T=4 k=2", 6),
                Arguments.of("induction", Map.of("vocab", "3"), "T=6", 6),
                Arguments.of("induction", Map.of("vocab", "2", "triggers", "2"), "T=7", 7),
                Arguments.of("induction", Map.of("vocab", "2", "tokens", "2"), "T=8", 8),
                Arguments.of("recall", Map.of("vocab", "4"), "k=2", 6),
                Arguments.of("flip-flop", Map.of(), "T=6 i=40", 6),
                Arguments.of("word-s3", Map.of(), "T=4", 4),
                Arguments.of("word-z2", Map.of(), "T=6", 6),
                Arguments.of("bounded-dyck", Map.of("k", "2", "m", "2"), "T=6", 6));
    }

    @ParameterizedTest
    @MethodSource("tiny")
    void exactlyTheStringsThatCanBeDrawnAreRecognised(
            String name, Map<String, String> options, String label, int length) {
        TokenProbe probe = TokenProbe.of(name, options);
        ProbeSlice slice = ProbeSlice.parse(label);
        Map<String, String> recognised = Brute.recognised(probe, slice, length);
        if (name.equals("selective-copying")) { // the slice says how many contents there are
            recognised
                    .keySet()
                    .removeIf(input -> input.chars().filter(c -> c == '3').count() != 2);
        }
        assertTrue(recognised.size() >= 10, recognised.size() + " strings");
        assertEquals(recognised, Brute.drawn(probe, slice, 60 * recognised.size()));
    }

    private static String answered(String name, String text) {
        TokenProbe probe = TokenProbe.of(name, Map.of());
        Letters letters = new Letters(String.join("", probe.alphabet()));
        return IntStream.of(probe.answers(letters.symbols(text), ProbeSlice.of("T", 5)))
                .mapToObj(answer ->
                        answer == ProbeSequence.IGNORED ? "_" : probe.alphabet().get(answer))
                .collect(Collectors.joining());
    }

    @Test
    void copyingAsksForTheLettersAndTheStop() {
        assertEquals("____abc.", answered("copy", "$abc|abc"));
        assertEquals("____________defg.", answered("copy-prefix", "$abc|abcdefg|defg"));
        assertEquals("_________de.", answered("copy-suffix", "$abcde|abcde"));
    }

    @Test
    void wrongCopiesAreNotRecognised() {
        for (String wrong : List.of("$abc|abd", "$abc|ab", "abc|abc", "$abc|abc|", "$|.")) {
            assertThrows(NotInProbeException.class, () -> answered("copy", wrong), wrong);
        }
        for (String twice : List.of("$abcabcd|abc", "$abcd|bce", "$abcd|xyz")) {
            assertThrows(NotInProbeException.class, () -> answered("copy-suffix", twice), twice);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void trainingAndTestSetsAreDrawnFromDifferentStreams(String name) {
        TokenProbe probe = TokenProbe.of(name, Map.of());
        ProbeSlice slice = probe.trainingSlices().get(0);
        assertFalse(ProbeData.stream(probe, slice, Split.TRAIN, 4).bits32()
                == ProbeData.stream(probe, slice, Split.TEST, 4).bits32());
        List<String> once = inputs(probe, slice);
        assertEquals(once, inputs(probe, slice));
    }

    private static List<String> inputs(TokenProbe probe, ProbeSlice slice) {
        return ProbeData.draw(probe, slice, Split.TRAIN, 4, 3).stream()
                .map(sequence -> Arrays.toString(sequence.input()))
                .toList();
    }
}
