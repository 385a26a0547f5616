package org.statecraft.workbench.execute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.eval.probes.ProbeData;
import org.statecraft.eval.probes.ProbeSequence;
import org.statecraft.eval.probes.ProbeSlice;
import org.statecraft.eval.probes.Split;
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

    /** A vocabulary of words that names the symbols, which stand in another order than in the probe. */
    private Tokenizer words() {
        List<String> reversed =
                IntStream.range(0, 24).mapToObj(i -> Integer.toString(23 - i)).toList();
        new WordVocabulary(reversed).write(folder);
        return Tokenizer.load(folder);
    }

    private static List<List<Integer>> inputs(TrainingData data) {
        return IntStream.range(0, data.size())
                .mapToObj(i -> Arrays.stream(data.example(i).ids()).boxed().toList())
                .toList();
    }

    @Test
    void thePositionThatIsAskedPredictsTheAnswer() {
        try (Tokenizer words = words()) {
            // symbol i is the token 23 - i
            ProbeTokens tokens = ProbeTokens.of(SPEC.probe(), words);

            Example inside =
                    tokens.example(new ProbeSequence(new int[] {2, 0, 1}, new int[] {NONE, 2, NONE}, new int[] {1, 2}));
            assertArrayEquals(new int[] {21, 23, 22}, inside.ids());
            assertArrayEquals(new int[] {NONE, NONE, 21}, inside.labels());

            Example atTheEnd =
                    tokens.example(new ProbeSequence(new int[] {2, 0, 1}, new int[] {1, NONE, 0}, new int[] {0, 1}));
            assertArrayEquals(new int[] {21, 23, 22, words.endOfText()}, atTheEnd.ids());
            assertArrayEquals(new int[] {NONE, 22, NONE, 23}, atTheEnd.labels());
        }
    }

    @Test
    void otherModelsGetWordsOfTheirVocabulary() {
        try (Tokenizer books = Tokenizer.load(Workplace.HOME.resolve("recipes/models/books-4m"))) {
            ProbeSpec large = new ProbeSpec("mqar", Map.of("vocab", "300"), List.of(), 8, null);
            int[] symbols = IntStream.range(0, 300).toArray();
            int[] ids = ProbeTokens.of(large.probe(), books).symbols().labels(symbols);
            assertEquals(300, Arrays.stream(ids).distinct().count());
            assertTrue(Arrays.stream(ids).noneMatch(id -> id == books.endOfText()));
            ProbeSpec huge = new ProbeSpec("mqar", Map.of("vocab", "5000"), List.of(), 8, null);
            InputException refused = assertThrows(InputException.class, () -> ProbeTokens.of(huge.probe(), books));
            assertTrue(refused.getMessage().contains("5000"), refused::getMessage);
        }
    }

    @Test
    void aSeedDecidesWhatIsDrawnAndNoSetMeetsAnother() {
        try (Tokenizer words = words()) {
            ExampleFiles.Sets sets = ProbeExamples.draw(SPEC, words, 7);
            ExampleFiles.Sets again = ProbeExamples.draw(SPEC, words, 7);
            assertEquals(31, sets.training().size());
            assertEquals(9, sets.validation().size());
            assertEquals(sets.training().fingerprint(), again.training().fingerprint());
            assertNotEquals(
                    sets.training().fingerprint(),
                    ProbeExamples.draw(SPEC, words, 8).training().fingerprint());

            Set<List<Integer>> training = new HashSet<>(inputs(sets.training()));
            assertEquals(31, training.size());
            assertTrue(inputs(sets.validation()).stream().noneMatch(training::contains));
            ProbeTokens tokens = ProbeTokens.of(SPEC.probe(), words);
            List<ProbeSequence> tests = ProbeData.draw(SPEC.probe(), ProbeSlice.parse("T=16 k=2"), Split.TEST, 7, 20);
            for (ProbeSequence test : tests) {
                int[] ids = tokens.example(test).ids();
                assertFalse(training.contains(Arrays.stream(ids).boxed().toList()));
            }
        }
    }

    @Test
    void everySliceHasItsShare() {
        try (Tokenizer words = words()) {
            TrainingData training = ProbeExamples.draw(SPEC, words, 7).training();
            long shorter = IntStream.range(0, training.size())
                    .filter(i -> training.example(i).ids().length == 16)
                    .count();
            assertEquals(16, shorter);
        }
    }
}
