package org.statecraft.model.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.Adapter;
import org.statecraft.model.Decoder;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.ModelState;
import org.statecraft.model.Snapshot;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;
import org.statecraft.model.testing.WordTokenizer;

/** Beam search over the tiny models, whose tokens are the words {@code t0 t1 …}; {@code t0} ends a text. */
class BeamSearchTest {
    private static final int VOCABULARY = 97;
    private static final String PROMPT = "t5 t6 t7";
    private static final int[] PROMPT_TOKENS = {5, 6, 7};

    @TempDir
    private Path folder;

    static List<KernelCase> cases() {
        return KernelCase.full();
    }

    private static BeamOptions beams(int beams, int tokens) {
        return new BeamOptions(beams, 1, tokens, List.of());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void oneBeamIsGreedy(KernelCase c) {
        List<String> stop = List.of("t7", "t31 t", "t8");
        try (ModelCase golden = c.open();
                Tokenizer tokenizer = WordTokenizer.create(folder, VOCABULARY)) {
            for (String prompt : List.of("t9", "")) {
                for (List<String> stops : List.of(List.<String>of(), stop)) {
                    Generation greedy = new Generator(golden.model(), tokenizer)
                            .generate(prompt, new SamplingOptions(12, 0, 0, 1, stops, 0));
                    List<Hypothesis> found =
                            new BeamSearch(golden.model(), tokenizer).search(prompt, new BeamOptions(1, 1, 12, stops));

                    assertEquals(1, found.size());
                    assertSame(greedy, found.get(0).generation());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatBeamsSumUpIsWhatAFreshPassOverTheirTokensSays(KernelCase c) {
        try (ModelCase golden = c.open();
                Tokenizer tokenizer = WordTokenizer.create(folder, VOCABULARY);
                Snapshot started = snapshot(golden.model(), 50, 51, 52)) {
            LanguageModel plain = golden.model();
            // an adapter at the begin of sequences, which must not come in again, and one at each read-out
            for (LanguageModel model : List.of(plain, plain.with(started), plain.with(offset()))) {
                assertTrue(worstSum(model, model, tokenizer) <= 1, "within the tolerance");
            }
        }
    }

    /** The law above is worth something: states or windows that stay behind break it. */
    @ParameterizedTest
    @MethodSource("cases")
    void whatStaysBehindIsNoticed(KernelCase c) {
        try (ModelCase golden = c.open();
                Tokenizer tokenizer = WordTokenizer.create(folder, VOCABULARY)) {
            for (StaleDecoder.Stale stale : StaleDecoder.Stale.values()) {
                LanguageModel broken = golden.model().with(StaleDecoder.kernel(c.kernel(64), stale));
                assertTrue(worstSum(broken, golden.model(), tokenizer) > 10, stale + " was not noticed");
            }
        }
    }

    /** The largest deviation of a beam's sum from that of a fresh pass, in tolerances. */
    private double worstSum(LanguageModel searched, LanguageModel asked, Tokenizer tokenizer) {
        List<Hypothesis> found = new BeamSearch(searched, tokenizer).search(PROMPT, beams(5, 10));
        assertEquals(5, found.size());
        double worst = 0;
        for (Hypothesis hypothesis : found) {
            Generation text = hypothesis.generation();
            int[] tokens = text.finish() == Generation.Finish.END_OF_TEXT ? concat(text.tokens(), 0) : text.tokens();
            double fresh =
                    DoubleStream.of(logProbabilities(asked, List.of(tokens))[0]).sum();
            double tolerance = Tolerances.logLikelihoodSum(fresh);
            worst = Math.max(worst, Math.abs(fresh - hypothesis.logProbability()) / tolerance);
            assertEquals(hypothesis.logProbability() / tokens.length, hypothesis.score(), 1e-12);
        }
        return worst;
    }

    /** With as many beams as there are texts nothing is lost, so that the search has to list all of them in their order. */
    @ParameterizedTest
    @MethodSource("cases")
    void enoughBeamsFindEveryText(KernelCase c) {
        int vocabulary = 5;
        int length = 4;
        try (ModelCase golden = c.open();
                Tokenizer tokenizer = WordTokenizer.create(folder, vocabulary)) {
            List<int[]> all = new ArrayList<>();
            addAll(new int[0], vocabulary, length, all);
            double[][] log = logProbabilities(golden.model(), all);
            for (double penalty : new double[] {0, 1, 2, -0.5}) {
                for (List<String> stop : List.of(List.<String>of(), List.of("t3"), List.of("t2 t4", "t1 t1"))) {
                    List<Double> expected = texts(all, log, stop, tokenizer).stream()
                            .map(text -> text[0] / Math.pow(text[1], penalty))
                            .sorted(Comparator.reverseOrder())
                            .toList();
                    List<Hypothesis> found = new BeamSearch(golden.model(), tokenizer)
                            .search(PROMPT_TOKENS, new BeamOptions(700, penalty, length, stop), () -> {});

                    assertEquals(expected.size(), found.size(), "stop " + stop);
                    for (int i = 0; i < found.size(); i++) {
                        assertEquals(expected.get(i), found.get(i).score(), 2e-3, "penalty " + penalty + ", rank " + i);
                    }
                }
            }
        }
    }

    /** All continuations of exactly that length, even those that go on after an end. */
    private static void addAll(int[] tokens, int vocabulary, int length, List<int[]> all) {
        if (tokens.length == length) {
            all.add(tokens);
            return;
        }
        for (int token = 0; token < vocabulary; token++) {
            addAll(concat(tokens, token), vocabulary, length, all);
        }
    }

    /** Sum and length of each different text, cut where it ends. */
    private static List<double[]> texts(List<int[]> all, double[][] log, List<String> stop, Tokenizer tokenizer) {
        List<List<Integer>> seen = new ArrayList<>();
        List<double[]> texts = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            int[] tokens = all.get(i);
            int end = 0;
            double sum = 0;
            boolean ended = false;
            while (end < tokens.length && !ended) {
                sum += log[i][end++];
                String text = tokenizer.decode(IntStream.of(tokens).limit(end).toArray());
                ended = tokens[end - 1] == 0 || stop.stream().anyMatch(text::contains);
            }
            List<Integer> text = IntStream.of(tokens).limit(end).boxed().toList();
            if (!seen.contains(text)) {
                seen.add(text);
                texts.add(new double[] {sum, end});
            }
        }
        return texts;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rowsTakenTwiceAndSwappedGoOnAsTheirOwnSequences(KernelCase c) {
        try (ModelCase golden = c.open();
                NDManager scope = golden.model().newScope()) {
            LanguageModel model = golden.model();
            ModelState read = model.forward(
                            TokenBatch.padded(scope, List.of(new int[] {3, 4}, new int[] {8})), null, null)
                    .state();
            try (Decoder decoder = model.decoder(read)) {
                decoder.keep(new int[] {1, 0, 1, 1, 0});
                decoder.step(new int[] {10, 11, 12, 13, 14});
                decoder.keep(new int[] {4, 2, 2, 0});
                NDArray last = decoder.step(new int[] {20, 21, 22, 23});

                List<int[]> sequences = List.of(
                        new int[] {3, 4, 14, 20}, new int[] {8, 12, 21}, new int[] {8, 12, 22}, new int[] {8, 10, 23});
                NDArray fresh = model.logits(model.prefill(TokenBatch.padded(scope, sequences), null)
                        .hidden()
                        .squeeze(1));
                assertClose("logits", fresh, last, Tolerances.LOGITS);
            }
        }
    }

    @Test
    void aSearchDoesNotDependOnThoseBeforeIt() {
        List<String> prompts = List.of("t9 t8", "", "t1 t2 t3", "t44");
        try (ModelCase golden = ModelCase.open("mamba2-tiny-g1", new KernelCase("fused", "").kernel(64));
                Tokenizer tokenizer = WordTokenizer.create(folder, VOCABULARY)) {
            BeamSearch search = new BeamSearch(golden.model(), tokenizer);
            List<List<Hypothesis>> forwards =
                    prompts.stream().map(p -> search.search(p, beams(3, 8))).toList();
            for (int i = prompts.size() - 1; i >= 0; i--) {
                List<Hypothesis> again = search.search(prompts.get(i), beams(3, 8));
                for (int rank = 0; rank < again.size(); rank++) {
                    assertEquals(
                            forwards.get(i).get(rank).score(), again.get(rank).score());
                    assertSame(
                            forwards.get(i).get(rank).generation(),
                            again.get(rank).generation());
                }
            }
        }
    }

    @Test
    void aSearchGoesOnFromASnapshotAsFromItsText() {
        try (ModelCase golden = ModelCase.open("mamba2-tiny-g1");
                Tokenizer tokenizer = WordTokenizer.create(folder, VOCABULARY);
                Snapshot begun = snapshot(golden.model(), 5, 6)) {
            List<Hypothesis> whole = new BeamSearch(golden.model(), tokenizer).search(PROMPT, beams(4, 10));
            List<Hypothesis> rest = new BeamSearch(golden.model(), tokenizer, begun).search("t7", beams(4, 10));

            for (int rank = 0; rank < whole.size(); rank++) {
                assertSame(whole.get(rank).generation(), rest.get(rank).generation());
            }
        }
    }

    @Test
    void noNewTokensAreOneEmptyText() {
        try (ModelCase golden = ModelCase.open("mamba2-tiny-g1");
                Tokenizer tokenizer = WordTokenizer.create(folder, VOCABULARY)) {
            List<Hypothesis> found = new BeamSearch(golden.model(), tokenizer).search(PROMPT, beams(3, 0));

            assertEquals(1, found.size());
            assertSame(
                    new Generation("", new int[0], Generation.Finish.LENGTH),
                    found.get(0).generation());
            assertEquals(0, found.get(0).score());
        }
    }

    @Test
    void whatAStepThrowsEndsTheSearch() {
        try (ModelCase golden = ModelCase.open("mamba2-tiny-g1");
                Tokenizer tokenizer = WordTokenizer.create(folder, VOCABULARY)) {
            BeamSearch search = new BeamSearch(golden.model(), tokenizer);
            int[] steps = new int[1];
            assertThrows(
                    IllegalStateException.class,
                    () -> search.search(PROMPT_TOKENS, beams(2, 30), () -> {
                        if (++steps[0] == 3) {
                            throw new IllegalStateException();
                        }
                    }));
            assertEquals(3, steps[0]);
        }
    }

    /** Log-probability of each token of continuations of the prompt, by one pass over all of them. */
    private static double[][] logProbabilities(LanguageModel model, List<int[]> continuations) {
        try (NDManager scope = model.newScope()) {
            List<int[]> whole = continuations.stream()
                    .map(tokens -> concat(PROMPT_TOKENS, tokens))
                    .toList();
            NDArray hidden =
                    model.forward(TokenBatch.padded(scope, whole), null, null).hidden();
            int length = continuations.get(0).length;
            int from = PROMPT_TOKENS.length - 1;
            NDArray predicting = hidden.get(new NDIndex().addAllDim().addSliceDim(from, from + length));
            float[] log = model.logits(predicting).logSoftmax(2).toFloatArray();
            int width = log.length / (continuations.size() * length);
            double[][] picked = new double[continuations.size()][length];
            for (int i = 0; i < picked.length; i++) {
                for (int t = 0; t < length; t++) {
                    picked[i][t] = log[(i * length + t) * width + continuations.get(i)[t]];
                }
            }
            return picked;
        }
    }

    private static Snapshot snapshot(LanguageModel model, int... tokens) {
        try (NDManager scope = model.newScope()) {
            ModelState read = model.prefill(TokenBatch.padded(scope, List.of(tokens)), null)
                    .state();
            return Snapshot.of(model, read, null, tokens.length);
        }
    }

    /** An offset on the scan output of every layer. */
    private static Adapter offset() {
        return new Adapter() {
            @Override
            public ReadOut readOut(int layer) {
                return (y, C) -> {
                    Shape perHead = new Shape(y.getShape().get(2), y.getShape().get(3));
                    NDArray ramp = y.getManager().arange(0, (int) perHead.size(), 1, DataType.FLOAT32);
                    return y.add(ramp.reshape(perHead).mul(0.7f + layer).sin());
                };
            }
        };
    }

    private static int[] concat(int[] tokens, int... more) {
        return IntStream.concat(IntStream.of(tokens), IntStream.of(more)).toArray();
    }

    private static void assertSame(Generation expected, Generation actual) {
        assertArrayEquals(expected.tokens(), actual.tokens());
        assertEquals(expected.text(), actual.text());
        assertEquals(expected.finish(), actual.finish());
    }
}
