package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;
import static org.statecraft.model.testing.Close.assertCloseToScale;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.RecomputedGradientTest.Everywhere;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;

/** Packed sequences are what they are alone, and nothing passes a border. */
class PackingTest {
    private static final int[] RAGGED = {5, 70, 1, 33, 2};

    /** Chains of: two sequences; a single one of two segments; two, of which the first has one token. */
    private static final int[] SEVERAL_CHAINS = {30, 7, 2090, 1, 20};

    static List<KernelCase> cases() {
        return KernelCase.full();
    }

    /** A model with an adapter in all places, everything trained, and the tensors by name. */
    private record Trained(LanguageModel model, Map<String, NDArray> tensors) {
        static Trained in(ModelCase golden) {
            Everywhere adapter = new Everywhere(golden.model(), golden.scope());
            Map<String, NDArray> all = new LinkedHashMap<>(adapter.tensors);
            golden.model().parameters().forEach((name, weight) -> all.put(name, weight.base()));
            all.values().forEach(array -> array.setRequiresGradient(true));
            return new Trained(golden.model().with(adapter), all);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everySequenceIsAsIfAlone(KernelCase c) {
        try (ModelCase golden = c.open()) {
            LanguageModel adapted = golden.model().with(new Everywhere(golden.model(), golden.scope()));
            for (int[] lengths : List.of(RAGGED, new int[] {1, 1}, new int[] {9})) {
                assertEachAsAlone(golden.model(), golden.scope(), rows(golden, lengths));
            }
            for (int[] lengths : List.of(RAGGED, SEVERAL_CHAINS)) {
                assertEachAsAlone(adapted, golden.scope(), rows(golden, lengths));
            }
        }
    }

    private static void assertEachAsAlone(LanguageModel model, NDManager scope, List<int[]> rows) {
        TokenBatch batch = TokenBatch.packed(scope, rows);
        Output packed = model.forward(batch, null, null);
        Output last = model.prefill(batch, null);
        assertEquals(rows.size(), batch.sequences());
        long begin = 0;
        for (int s = 0; s < rows.size(); s++) {
            long end = begin + rows.get(s).length;
            Output alone = model.forward(TokenBatch.packed(scope, rows.subList(s, s + 1)), null, null);
            NDArray own = packed.hidden().get(new NDIndex().addAllDim().addSliceDim(begin, end));
            assertClose("hidden of sequence " + s, alone.hidden(), own, Tolerances.SITES);
            NDArray lastAlone = alone.hidden().get(new NDIndex("0, -1:"));
            assertClose("last row of " + s, lastAlone, last.hidden().get(s), Tolerances.SITES);
            for (ModelState both : List.of(packed.state(), last.state())) {
                assertStates("sequence " + s, alone.state(), both.rows(s));
            }
            begin = end;
        }
        assertEquals(begin, packed.hidden().getShape().get(1));
    }

    private static void assertStates(String what, ModelState expected, ModelState actual) {
        for (int i = 0; i < expected.layers().size(); i++) {
            LayerState wanted = expected.layers().get(i);
            LayerState left = actual.layers().get(i);
            assertClose("state of layer " + i + ", " + what, wanted.state(), left.state(), Tolerances.STATES);
            assertClose(
                    "window of layer " + i + ", " + what, wanted.convWindow(), left.convWindow(), Tolerances.STATES);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void carriedSequencesGoOnPacked(KernelCase c) {
        try (ModelCase golden = c.open()) {
            NDManager scope = golden.scope();
            LanguageModel model = golden.model().with(new Everywhere(golden.model(), scope));
            for (int[] lengths : List.of(new int[] {8, 3, 40}, new int[] {2065, 3, 5})) {
                List<int[]> rows = rows(golden, lengths);
                List<int[]> heads =
                        rows.stream().map(row -> Arrays.copyOf(row, 2)).toList();
                List<int[]> tails = rows.stream()
                        .map(row -> Arrays.copyOfRange(row, 2, row.length))
                        .toList();
                ModelState carried = model.forward(TokenBatch.packed(scope, heads), null, null)
                        .state();
                ModelState end = model.forward(TokenBatch.packed(scope, tails), carried, null)
                        .state();
                assertStates(
                        "whole",
                        model.forward(TokenBatch.packed(scope, rows), null, null)
                                .state(),
                        end);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void lossAndEveryGradientAreThoseOfThePaddedBatchAndOfEachSequenceAlone(KernelCase c) {
        try (ModelCase golden = c.open()) {
            NDManager scope = golden.scope();
            Trained trained = Trained.in(golden);
            LossGradient gradient = LossGradient.recorded(trained.model);
            List<int[]> rows = rows(golden, RAGGED);
            List<int[]> labels = labels(rows);

            float packed = gradient.add(TokenBatch.packed(scope, rows), packed(scope, labels), 1)
                    .getFloat();
            Map<String, NDArray> actual = RecomputedGradientTest.takeGradients(trained.tensors, scope);
            float padded = gradient.add(TokenBatch.padded(scope, rows), padded(scope, labels), 1)
                    .getFloat();
            Map<String, NDArray> fromPadded = RecomputedGradientTest.takeGradients(trained.tensors, scope);
            float alone = 0;
            for (int s = 0; s < rows.size(); s++) {
                if (rows.get(s).length > 1) {
                    List<int[]> one = rows.subList(s, s + 1);
                    alone += gradient.add(TokenBatch.padded(scope, one), padded(scope, labels.subList(s, s + 1)), 1)
                            .getFloat();
                }
            }
            Map<String, NDArray> fromAlone = RecomputedGradientTest.takeGradients(trained.tensors, scope);

            assertEquals(padded, packed, 1e-6 * padded);
            assertEquals(alone, packed, 1e-6 * alone);
            actual.forEach((name, array) -> {
                assertTrue(array.abs().max().getFloat() > 0, () -> name + " takes part");
                assertCloseToScale(name, fromPadded.get(name), array, Tolerances.GRADIENT_RELATIVE);
                assertCloseToScale(name, fromAlone.get(name), array, Tolerances.GRADIENT_RELATIVE);
            });
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void recomputedGradientsAreTheRecordedOnes(KernelCase c) {
        try (ModelCase golden = c.open()) {
            NDManager scope = golden.scope();
            Trained trained = Trained.in(golden);
            // several pieces of logits in a packed chain, and several chains
            for (int[] lengths : List.of(new int[] {500, 9, 70}, SEVERAL_CHAINS)) {
                List<int[]> rows = rows(golden, lengths);
                TokenBatch batch = TokenBatch.packed(scope, rows);
                NDArray labels = packed(scope, labels(rows));
                float recorded = LossGradient.recorded(trained.model)
                        .add(batch, labels, 0.01)
                        .getFloat();
                Map<String, NDArray> expected = RecomputedGradientTest.takeGradients(trained.tensors, scope);
                float recomputed = LossGradient.recomputed(trained.model)
                        .add(batch, labels, 0.01)
                        .getFloat();
                Map<String, NDArray> actual = RecomputedGradientTest.takeGradients(trained.tensors, scope);
                assertEquals(recorded, recomputed, 1e-6 * recorded);
                expected.forEach((name, array) -> assertCloseToScale(name, array, actual.get(name), 2e-6));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void orderOfTheSequencesChangesOnlyWhereTheyStand(KernelCase c) {
        try (ModelCase golden = c.open()) {
            NDManager scope = golden.scope();
            LanguageModel model = golden.model().with(new Everywhere(golden.model(), scope));
            List<int[]> rows = rows(golden, RAGGED);
            List<Integer> order =
                    new ArrayList<>(IntStream.range(0, rows.size()).boxed().toList());
            Collections.shuffle(order, new Random(2));
            List<int[]> shuffled = order.stream().map(rows::get).toList();
            Output before = model.prefill(TokenBatch.packed(scope, rows), null);
            Output after = model.prefill(TokenBatch.packed(scope, shuffled), null);
            int[] moved = order.stream().mapToInt(i -> i).toArray();
            assertClose("last rows", before.hidden().get(scope.create(moved)), after.hidden(), Tolerances.SITES);
            assertStates("moved", before.state().rows(moved), after.state());
            float loss = loss(model, rows);
            assertEquals(loss, loss(model, shuffled), 1e-6 * loss);
        }
    }

    private static float loss(LanguageModel model, List<int[]> rows) {
        try (NDManager scope = model.newScope()) {
            TokenBatch batch = TokenBatch.packed(scope, rows);
            return model.lossSum(batch, batch.ids()).getFloat();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void nothingPassesABorder(KernelCase c) {
        try (ModelCase golden = c.open()) {
            NDManager scope = golden.scope();
            LanguageModel model = golden.model();
            List<int[]> rows = rows(golden, RAGGED);
            List<int[]> changed = rows.stream().map(int[]::clone).toList();
            Arrays.setAll(changed.get(1), t -> (changed.get(1)[t] + 1) % 50);
            NDArray before =
                    model.forward(TokenBatch.packed(scope, rows), null, null).hidden();
            NDArray after =
                    model.forward(TokenBatch.packed(scope, changed), null, null).hidden();
            NDIndex others = new NDIndex(":, 75:");
            assertArrayEquals(
                    before.get(others).toFloatArray(), after.get(others).toFloatArray());
            NDIndex earlier = new NDIndex(":, :5");
            assertArrayEquals(
                    before.get(earlier).toFloatArray(), after.get(earlier).toFloatArray());

            // the first label of a sequence would be predicted by the sequence before
            List<int[]> labels = rows.stream().map(int[]::clone).toList();
            TokenBatch batch = TokenBatch.packed(scope, rows);
            float loss = model.lossSum(batch, packed(scope, labels)).getFloat();
            labels.forEach(own -> own[0] = (own[0] + 1) % 50);
            assertEquals(loss, model.lossSum(batch, packed(scope, labels)).getFloat());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void observersSeeEverySiteAsThePackedTokensStand(KernelCase c) {
        try (ModelCase golden = c.open()) {
            NDManager scope = golden.scope();
            LanguageModel model = golden.model();
            List<int[]> rows = rows(golden, RAGGED);
            Map<Site, NDArray> packed = sites(model, scope, TokenBatch.packed(scope, rows));
            Map<Site, NDArray> padded = sites(model, scope, TokenBatch.padded(scope, rows));
            packed.forEach((site, value) -> {
                long begin = 0;
                for (int s = 0; s < rows.size(); s++) {
                    long end = begin + rows.get(s).length;
                    NDArray expected =
                            padded.get(site).get(new NDIndex().addIndices(s).addSliceDim(0, end - begin));
                    NDArray own = value.get(new NDIndex().addIndices(0).addSliceDim(begin, end));
                    assertClose(site + " of sequence " + s, expected, own, Tolerances.SITES);
                    begin = end;
                }
                assertEquals(begin, value.getShape().get(1));
            });
            assertEquals(Site.values().length, packed.size());
        }
    }

    private static Map<Site, NDArray> sites(LanguageModel model, NDManager scope, TokenBatch batch) {
        Map<Site, NDArray> seen = new LinkedHashMap<>();
        model.forward(batch, null, (layer, site, value) -> {
            NDArray copy = value.duplicate();
            copy.attach(scope);
            seen.put(site, copy);
        });
        return seen;
    }

    @Test
    void chainsEndAtBordersAndHoldFewPositions() {
        try (NDManager scope = NDManager.newBaseManager()) {
            List<int[]> rows = IntStream.of(SEVERAL_CHAINS).mapToObj(int[]::new).toList();
            List<String> chains = Segment.chains(TokenBatch.packed(scope, rows)).stream()
                    .map(chain -> chain.stream()
                            .map(s ->
                                    s.from() + "+" + s.tokens().ids().getShape().get(1) + " "
                                            + Arrays.toString(s.tokens().lengths()))
                            .toList()
                            .toString())
                    .toList();
            assertEquals(List.of("[0+37 [30, 7]]", "[37+2048 null, 2085+42 null]", "[2127+21 [1, 20]]"), chains);
        }
    }

    @Test
    void whatCannotBePackedIsRefused() {
        try (ModelCase golden = ModelCase.open(ModelCase.mamba2Names().get(0))) {
            NDManager scope = golden.scope();
            NDArray ids = scope.create(new long[] {1, 2, 3}, new Shape(1, 3));
            assertThrows(IllegalArgumentException.class, () -> new TokenBatch(ids, new int[] {1, 1}));
            assertThrows(IllegalArgumentException.class, () -> new TokenBatch(ids, new int[] {3, 0}));
            assertThrows(
                    IllegalArgumentException.class, () -> TokenBatch.packed(scope, List.of(new int[2], new int[0])));
            TokenBatch single = TokenBatch.packed(scope, List.of(new int[1], new int[1]));
            assertThrows(IllegalArgumentException.class, () -> golden.model().lossSum(single, single.ids()));
            assertThrows(
                    IllegalArgumentException.class, () -> golden.model().lossSum(TokenBatch.of(ids), single.ids()));
        }
    }

    @Test
    void adaptersThatDifferFromRowToRowAreRefused() {
        try (ModelCase golden = ModelCase.open(ModelCase.mamba2Names().get(0))) {
            NDManager scope = golden.scope();
            TokenBatch batch = TokenBatch.packed(scope, rows(golden, 3, 5));
            LayerShape shape = golden.model().layers().get(0).shape();
            NDArray states = scope.zeros(new Shape(3, shape.heads(), shape.headDim(), shape.state()));
            LanguageModel started = golden.model().with(new Adapter() {
                @Override
                public Start start(int layer, NDManager scope) {
                    return new Start(null, states, null);
                }
            });
            assertThrows(InputException.class, () -> started.forward(batch, null, null));
            LanguageModel factored = golden.model().with(new Adapter() {
                @Override
                public Weight weight(String name, Weight weight) {
                    Shape matrix = weight.base().getShape();
                    return !name.endsWith("in_proj.weight")
                            ? weight
                            : weight.with(new WeightChange.LowRank(
                                    scope.zeros(new Shape(2, 1, matrix.get(1))),
                                    scope.zeros(new Shape(2, matrix.get(0), 1)),
                                    1));
                }
            });
            assertThrows(InputException.class, () -> factored.forward(batch, null, null));
            assertThrows(InputException.class, () -> LossGradient.recomputed(factored)
                    .add(batch, batch.ids(), 1));
        }
    }

    private static List<int[]> rows(ModelCase golden, int... lengths) {
        Random random = new Random(11);
        int vocabulary = golden.model().config().vocabSize();
        return IntStream.of(lengths)
                .mapToObj(n -> random.ints(n, 0, vocabulary).toArray())
                .toList();
    }

    /** Not all tokens count. */
    private static List<int[]> labels(List<int[]> rows) {
        return rows.stream()
                .map(row -> IntStream.range(0, row.length)
                        .map(t -> t % 7 == 3 ? CrossEntropy.IGNORED : row[t])
                        .toArray())
                .toList();
    }

    private static NDArray packed(NDManager scope, List<int[]> labels) {
        return TokenBatch.packed(scope, labels).ids();
    }

    private static NDArray padded(NDManager scope, List<int[]> labels) {
        int longest = labels.stream().mapToInt(own -> own.length).max().orElseThrow();
        return TokenBatch.padded(
                        scope,
                        labels.stream()
                                .map(own -> IntStream.range(0, longest)
                                        .map(t -> t < own.length ? own[t] : CrossEntropy.IGNORED)
                                        .toArray())
                                .toList())
                .ids();
    }
}
