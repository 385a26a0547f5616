package org.statecraft.model.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.InputException;
import org.statecraft.model.ModelState;
import org.statecraft.model.Output;
import org.statecraft.model.Snapshot;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;
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

            Generation sampled = new Generator(golden.model(), tokenizer).generate("t1 t2", sampling(80, 5, List.of()));
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
        for (int length = 1; length < 29; length += 2) {
            prompts.add(WordTokenizer.text(random.longs(length, 1, VOCABULARY).toArray()));
        }
        // stop texts make the texts end at different times
        List<String> stop = List.of("t7", "t31 t", "t8");
        try (ModelCase golden = c.open();
                Tokenizer tokenizer = WordTokenizer.create(folder, VOCABULARY)) {
            Generator generator = new Generator(golden.model(), tokenizer);
            for (SamplingOptions options : List.of(
                    SamplingOptions.greedy(12), new SamplingOptions(30, 0, 0, 1, stop, 0), sampling(30, 1, stop))) {
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
                String whole = tokenizer.decode(all.get(i).tokens());
                int end = whole.indexOf("t6");
                assertEquals(
                        end < 0 ? whole : whole.substring(0, end), all.get(i).text());
                assertTrue(pieces.get(i).size() > 1, "more than one piece");
            }
            assertEquals(List.of(0, 1, 2), order.subList(0, 3), "the texts grow together");
        }
    }

    /** Ten tokens, a snapshot by way of a file, and the rest, against all at once. */
    @ParameterizedTest
    @MethodSource("fullCases")
    void aTextGoesOnFromASnapshotAsIfItHadNotStopped(KernelCase c) {
        try (ModelCase golden = c.open();
                Tokenizer tokenizer = WordTokenizer.create(folder, VOCABULARY)) {
            int[] whole = new Generator(golden.model(), tokenizer)
                    .generate("t5 t6 t7", SamplingOptions.greedy(24))
                    .tokens();
            for (int cut : new int[] {0, 1, 10, 23}) {
                try (Snapshot snapshot = after(golden, new Generator(golden.model(), tokenizer), "t5 t6 t7", cut)) {
                    assertEquals(3 + cut, snapshot.tokens());
                    Generator onwards = new Generator(golden.model(), tokenizer, snapshot);
                    int[] rest = onwards.generate("", SamplingOptions.greedy(24 - cut))
                            .tokens();
                    assertArrayEquals(Arrays.copyOfRange(whole, cut, 24), rest, "cut at " + cut);

                    // one snapshot after another
                    try (Snapshot later = after(golden, onwards, "t1", 2)) {
                        assertEquals(3 + cut + 1 + 2, later.tokens());
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("fullCases")
    void everyPromptGoesOnFromTheSameSnapshot(KernelCase c) {
        List<String> prompts = List.of("t1 t2", "", "t3", "t4 t5 t6 t7 t8 t9");
        SamplingOptions options = sampling(15, 6, List.of());
        try (ModelCase golden = c.open();
                Tokenizer tokenizer = WordTokenizer.create(folder, VOCABULARY);
                Snapshot snapshot = after(golden, new Generator(golden.model(), tokenizer), "t50 t51", 5)) {
            Generator onwards = new Generator(golden.model(), tokenizer, snapshot);
            Generator asAdapter = new Generator(golden.model().with(snapshot), tokenizer);
            Generator plain = new Generator(golden.model(), tokenizer);

            List<Generation> together = onwards.generate(prompts, options);

            for (int i = 0; i < prompts.size(); i++) {
                assertSame(onwards.generate(prompts.get(i), options), together.get(i), "prompt " + i);
                if (!prompts.get(i).isEmpty()) {
                    assertSame(asAdapter.generate(prompts.get(i), options), together.get(i), "adapter, prompt " + i);
                    int[] fresh = plain.generate(prompts.get(i), options).tokens();
                    assertFalse(Arrays.equals(fresh, together.get(i).tokens()), "the snapshot matters");
                }
            }
        }
    }

    @Test
    void theEndOfTextIsNotPartOfTheSnapshot() {
        try (ModelCase golden = ModelCase.open("mamba2-tiny-g1");
                Tokenizer tokenizer = WordTokenizer.create(folder, VOCABULARY)) {
            // t0 is the end-of-text token here
            Generator generator = new Generator(golden.model(), tokenizer);
            List<Generation> ended = new ArrayList<>();
            for (long seed = 0; ended.isEmpty() && seed < 50; seed++) {
                generator.generate(List.of("t5"), sampling(60, seed, List.of()), new Generator.Listener() {
                    @Override
                    public void text(int row, String piece) {}

                    @Override
                    public void ended(int row, Generation generation, Supplier<Snapshot> state) {
                        if (generation.finish() == Generation.Finish.END_OF_TEXT) {
                            ended.add(generation);
                            try (Snapshot snapshot = state.get()) {
                                assertEquals(1 + generation.tokens().length, snapshot.tokens());
                                assertSameState(golden, generation, snapshot);
                            }
                        }
                    }
                });
            }
            assertFalse(ended.isEmpty(), "some seeds reach it");
        }
    }

    private static void assertSameState(ModelCase golden, Generation generation, Snapshot snapshot) {
        int[] tokens = IntStream.concat(IntStream.of(5), IntStream.of(generation.tokens()))
                .toArray();
        try (NDManager scope = golden.model().newScope()) {
            Output read = golden.model().prefill(TokenBatch.padded(scope, List.of(tokens)), null);
            for (int i = 0; i < read.state().layers().size(); i++) {
                NDArray expected = read.state().layers().get(i).state().squeeze(0);
                assertClose("layer " + i, expected, snapshot.start(i, scope).state(), Tolerances.STATES);
            }
        }
    }

    @Test
    void nothingFollowsASnapshotWithoutLogitsButAPrompt() {
        try (ModelCase golden = ModelCase.open("mamba2-tiny-g1");
                Tokenizer tokenizer = WordTokenizer.create(folder, VOCABULARY)) {
            ModelState state = golden.model()
                    .forward(TokenBatch.padded(golden.scope(), List.of(new int[] {1, 2})), null, null)
                    .state();
            try (Snapshot bare = Snapshot.of(golden.model(), state, null, 2)) {
                Generator onwards = new Generator(golden.model(), tokenizer, bare);
                assertEquals(
                        3, onwards.generate("t3", SamplingOptions.greedy(3)).tokens().length);
                InputException refused =
                        assertThrows(InputException.class, () -> onwards.generate("", SamplingOptions.greedy(3)));
                assertTrue(refused.getMessage().contains("give a prompt"), refused.getMessage());
            }
        }
    }

    /** The state after a prompt and so many new tokens, stored and read again. */
    private Snapshot after(ModelCase golden, Generator generator, String prompt, int tokens) {
        Snapshot[] read = new Snapshot[1];
        generator.generate(List.of(prompt), SamplingOptions.greedy(tokens), new Generator.Listener() {
            @Override
            public void text(int row, String piece) {}

            @Override
            public void ended(int row, Generation generation, Supplier<Snapshot> state) {
                Path file = folder.resolve("generated.state");
                try (Snapshot snapshot = state.get()) {
                    snapshot.save(file);
                    read[0] = Snapshot.load(golden.model(), file);
                }
            }
        });
        return read[0];
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
