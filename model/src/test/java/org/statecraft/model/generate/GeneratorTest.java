package org.statecraft.model.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.Snapshot;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.WordTokenizer;

/** Generation over the tiny models, whose tokens are the words {@code t0 t1 …}. */
class GeneratorTest {
    private static final int VOCABULARY = 97;

    @TempDir
    private Path folder;

    static List<KernelCase> cases() {
        return KernelCase.all();
    }

    static List<KernelCase> fullCases() {
        return KernelCase.full();
    }

    static List<KernelCase> paddedCases() {
        return KernelCase.all().stream().filter(c -> c.model().endsWith("-ss")).toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void greedyTokensEqualTheReference(KernelCase c) {
        try (ModelCase golden = c.open();
                Tokenizer tokenizer = WordTokenizer.create(folder, VOCABULARY)) {
            Generation generation = greedy(golden, tokenizer);

            assertArrayEquals(golden.array("greedy.generated").toLongArray(), longs(generation.tokens()));
            assertEquals(Generation.Finish.LENGTH, generation.finish());
        }
    }

    /** The goldens say what comes out if the large random rows behind the vocabulary can be chosen. */
    @ParameterizedTest
    @MethodSource("paddedCases")
    void paddedRowsOfTheVocabularyAreNeverChosen(KernelCase c) {
        try (ModelCase golden = c.open();
                Tokenizer tokenizer = WordTokenizer.create(folder, VOCABULARY)) {
            int rows = golden.model().config().embeddingRows();
            assertTrue(rows > VOCABULARY);
            List<Integer> unmasked = new ArrayList<>();
            golden.figures().path("greedy_if_padded_rows_are_not_masked").forEach(id -> unmasked.add(id.asInt()));
            assertTrue(unmasked.stream().anyMatch(id -> id >= VOCABULARY), "the case would not notice");
            assertFalse(unmasked.equals(
                    IntStream.of(greedy(golden, tokenizer).tokens()).boxed().toList()));

            Generation sampled =
                    new Generator(golden.model(), tokenizer).generate("t1 t2", sampling(200, 5, List.of()));
            assertTrue(IntStream.of(sampled.tokens()).allMatch(id -> id < VOCABULARY));
        }
    }

    private static Generation greedy(ModelCase golden, Tokenizer tokenizer) {
        String prompt = WordTokenizer.text(golden.array("greedy.prompt").toLongArray());
        int count = (int) golden.array("greedy.generated").size();
        return new Generator(golden.model(), tokenizer).generate(prompt, SamplingOptions.greedy(count));
    }

    @ParameterizedTest
    @MethodSource("fullCases")
    void aTextDoesNotDependOnThePromptsBesideIt(KernelCase c) {
        SplittableRandom random = new SplittableRandom(3);
        // more prompts than grow together, of many lengths, one of them empty, one of them twice
        List<String> prompts = new ArrayList<>(List.of("t9", "", "t9"));
        for (int length = 1; length < 40; length += 2) {
            prompts.add(WordTokenizer.text(random.longs(length, 1, VOCABULARY).toArray()));
        }
        // stop texts make the texts end at different times
        List<String> stop = List.of("t7", "t31 t", "t8");
        try (ModelCase golden = c.open();
                Tokenizer tokenizer = WordTokenizer.create(folder, VOCABULARY)) {
            Generator generator = new Generator(golden.model(), tokenizer);
            for (SamplingOptions options : List.of(
                    SamplingOptions.greedy(12),
                    new SamplingOptions(30, 0, 0, 1, stop, 0),
                    sampling(30, 1, stop),
                    sampling(30, 2, stop))) {
                List<Generation> together = generator.generate(prompts, options);

                assertEquals(prompts.size(), together.size());
                for (int i = 0; i < prompts.size(); i++) {
                    assertSame(generator.generate(prompts.get(i), options), together.get(i), options + ", prompt " + i);
                }
                long ends =
                        together.stream().map(g -> g.tokens().length).distinct().count();
                assertTrue(options.stop().isEmpty() || ends > 4, "texts end at different times: " + ends);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("fullCases")
    void thePiecesOfAllTextsPutTogetherAreTheTexts(KernelCase c) {
        List<String> prompts = List.of("t1", "t2 t3", "t4 t5 t6");
        try (ModelCase golden = c.open();
                Tokenizer tokenizer = WordTokenizer.create(folder, VOCABULARY)) {
            TreeMap<Integer, List<String>> pieces = new TreeMap<>();
            List<Integer> order = new ArrayList<>();
            TreeMap<Integer, Generation> ended = new TreeMap<>();
            Generator.Listener listener = new Generator.Listener() {
                @Override
                public void text(int row, String piece) {
                    assertFalse(piece.isEmpty());
                    pieces.computeIfAbsent(row, r -> new ArrayList<>()).add(piece);
                    order.add(row);
                }

                @Override
                public void ended(int row, Generation generation, Supplier<Snapshot> state) {
                    ended.put(row, generation);
                }
            };

            List<Generation> all = new Generator(golden.model(), tokenizer)
                    .generate(prompts, sampling(25, 4, List.of("t6")), listener);

            for (int i = 0; i < all.size(); i++) {
                assertSame(all.get(i), ended.get(i), "row " + i);
                assertEquals(all.get(i).text(), String.join("", pieces.get(i)));
                assertTrue(pieces.get(i).size() > 1, "more than one piece");
            }
            assertEquals(List.of(0, 1, 2), order.subList(0, 3), "the texts grow together");
        }
    }

    @Test
    void noNewTokensAreNoText() {
        try (ModelCase golden = ModelCase.open("mamba2-tiny-g1");
                Tokenizer tokenizer = WordTokenizer.create(folder, VOCABULARY)) {
            Generation nothing = new Generator(golden.model(), tokenizer).generate("t5", SamplingOptions.greedy(0));

            assertSame(new Generation("", new int[0], Generation.Finish.LENGTH), nothing, "no tokens");
            assertEquals(
                    List.of(), new Generator(golden.model(), tokenizer).generate(List.of(), SamplingOptions.greedy(1)));
        }
    }

    @Test
    void whatTheListenerThrowsEndsTheGeneration() {
        try (ModelCase golden = ModelCase.open("mamba2-tiny-g1");
                Tokenizer tokenizer = WordTokenizer.create(folder, VOCABULARY)) {
            Generator generator = new Generator(golden.model(), tokenizer);
            List<String> seen = new ArrayList<>();

            assertThrows(
                    IllegalStateException.class,
                    () -> generator.generate(List.of("t5"), SamplingOptions.greedy(10), (row, piece) -> {
                        seen.add(piece);
                        throw new IllegalStateException();
                    }));
            assertEquals(1, seen.size());
        }
    }

    private static SamplingOptions sampling(int tokens, long seed, List<String> stop) {
        return new SamplingOptions(tokens, 1.3, 0, 1, stop, seed);
    }

    private static void assertSame(Generation expected, Generation actual, String what) {
        assertArrayEquals(expected.tokens(), actual.tokens(), what);
        assertEquals(expected.text(), actual.text(), what);
        assertEquals(expected.finish(), actual.finish(), what);
    }

    private static long[] longs(int[] ids) {
        return IntStream.of(ids).asLongStream().toArray();
    }
}
