package org.statecraft.workbench.execute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.eval.probes.ProbeCatalog;
import org.statecraft.eval.probes.ProbeData;
import org.statecraft.eval.probes.ProbeSequence;
import org.statecraft.eval.probes.ProbeSlice;
import org.statecraft.eval.probes.Split;
import org.statecraft.eval.probes.SymbolTokens;
import org.statecraft.eval.probes.TokenProbe;
import org.statecraft.model.CrossEntropy;
import org.statecraft.model.InputException;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.fresh.WordVocabulary;
import org.statecraft.peft.train.ExampleFiles;
import org.statecraft.peft.train.TrainingData;
import org.statecraft.peft.train.TrainingData.Example;
import org.statecraft.workbench.recipe.ProbeSpec;
import org.statecraft.workbench.testing.Workplace;

/** Sequences of probes as training examples: which token is to be predicted where, and who sees which draws. */
class ProbeExamplesTest {
    private static final int NONE = CrossEntropy.IGNORED;
    private static final ProbeSpec SPEC =
            new ProbeSpec("mqar", Map.of("vocab", "24"), List.of("T=16 k=2", "T=20 k=3"), 31, 9);

    @TempDir
    private Path folder;

    private final List<String> notes = new ArrayList<>();

    private Tokenizer words(TokenProbe probe) {
        new WordVocabulary(probe.alphabet()).write(folder);
        return Tokenizer.load(folder);
    }

    private ExampleFiles.Sets draw(ProbeSpec spec, long seed) {
        try (Tokenizer words = words(spec.probe())) {
            return ProbeExamples.draw(spec, words, seed, notes::add);
        }
    }

    private static List<List<Integer>> inputs(TrainingData data) {
        return IntStream.range(0, data.size())
                .mapToObj(i -> Arrays.stream(data.example(i).ids()).boxed().toList())
                .toList();
    }

    @Test
    void thePositionThatIsAskedPredictsTheAnswer() {
        ProbeTokens tokens = new ProbeTokens(SPEC.probe(), SymbolTokens.identity(SPEC.probe()), 24);

        Example inside =
                tokens.example(new ProbeSequence(new int[] {2, 0, 1}, new int[] {NONE, 2, NONE}, new int[] {1, 2}));
        assertArrayEquals(new int[] {2, 0, 1}, inside.ids());
        assertArrayEquals(new int[] {NONE, NONE, 2}, inside.labels());

        Example atTheEnd =
                tokens.example(new ProbeSequence(new int[] {2, 0, 1}, new int[] {1, NONE, 3}, new int[] {1, 3}));
        assertArrayEquals(new int[] {2, 0, 1, 24}, atTheEnd.ids());
        assertArrayEquals(new int[] {NONE, 1, NONE, 3}, atTheEnd.labels());
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyProbeCanTrainAModelOfItsOwnAlphabet(String name) {
        TokenProbe probe = TokenProbe.of(name, Map.of());
        try (Tokenizer words = words(probe)) {
            ProbeTokens tokens = ProbeTokens.of(probe, words);
            ProbeSlice slice = probe.trainingSlices().get(0);
            ProbeSequence sequence =
                    ProbeData.draw(probe, slice, Split.TRAIN, 1, 1).get(0);
            Example example = tokens.example(sequence);
            assertArrayEquals(sequence.input(), Arrays.copyOf(example.ids(), sequence.input().length));
            int[] answers = probe.trainingLabels(sequence);
            for (int t = 0; t < answers.length; t++) {
                if (answers[t] != NONE) {
                    assertEquals(answers[t], example.labels()[t + 1]);
                }
            }
        }
    }

    static List<String> names() {
        return ProbeCatalog.names();
    }

    @Test
    void otherModelsReadWordsForSymbols() {
        try (Tokenizer books = Tokenizer.load(Workplace.HOME.resolve("recipes/models/books-4m"))) {
            ProbeTokens tokens = ProbeTokens.of(SPEC.probe(), books);
            ProbeSequence sequence = ProbeData.draw(SPEC.probe(), ProbeSlice.parse("T=16 k=2"), Split.TRAIN, 1, 1)
                    .get(0);
            String text = books.decode(tokens.example(sequence).ids());
            assertTrue(text.matches("( [a-z]{4,}){16}"), text);
            ProbeSpec huge = new ProbeSpec("mqar", Map.of("vocab", "5000"), List.of(), 8, null);
            assertThrows(InputException.class, () -> ProbeTokens.of(huge.probe(), books));
        }
    }

    @Test
    void aSeedDecidesWhatIsDrawnAndNoSetMeetsAnother() {
        ExampleFiles.Sets sets = draw(SPEC, 7);
        assertEquals(31, sets.training().size());
        assertEquals(9, sets.validation().size());
        assertEquals(sets.training().fingerprint(), draw(SPEC, 7).training().fingerprint());
        assertNotEquals(sets.training().fingerprint(), draw(SPEC, 8).training().fingerprint());

        Set<List<Integer>> training = new HashSet<>(inputs(sets.training()));
        assertEquals(31, training.size());
        assertTrue(inputs(sets.validation()).stream().noneMatch(training::contains));
        for (ProbeSequence test : ProbeData.draw(SPEC.probe(), ProbeSlice.parse("T=16 k=2"), Split.TEST, 7, 20)) {
            assertFalse(training.contains(Arrays.stream(test.input()).boxed().toList()));
        }
    }

    @Test
    void everySliceHasItsShare() {
        TrainingData training = draw(SPEC, 7).training();
        long shorter = IntStream.range(0, training.size())
                .filter(i -> training.example(i).ids().length == 16)
                .count();
        assertEquals(16, shorter);
    }

    @Test
    void aSliceThatRunsOutSaysSo() {
        ProbeSpec few = new ProbeSpec("word-z60", Map.of(), List.of("T=2"), 4000, 100);
        int trained = draw(few, 1).training().size();
        assertTrue(trained > 0 && trained < 3600, () -> trained + " of 3600 sequences, some of them for tests");
        assertEquals(1, notes.size());
        assertTrue(notes.get(0).contains("are trained on and not 4000"), notes::toString);
        ProbeSpec none = new ProbeSpec("word-z60", Map.of(), List.of("T=2"), 10, 3600);
        assertThrows(InputException.class, () -> draw(none, 1));
    }
}
