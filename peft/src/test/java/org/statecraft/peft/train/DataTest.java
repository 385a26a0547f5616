package org.statecraft.peft.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.statecraft.model.CrossEntropy;
import org.statecraft.model.InputException;
import org.statecraft.model.Objective;
import org.statecraft.model.TokenBatch;
import org.statecraft.peft.train.TrainingData.Example;

class DataTest {

    @Test
    void everyTokenButTheFirstIsPredictedOnce() {
        TextWindows windows = new TextWindows("text", IntStream.range(0, 23).toArray(), 5);
        int[] predicted = IntStream.range(0, windows.size())
                .flatMap(i -> Arrays.stream(windows.example(i).labels()).skip(1))
                .toArray();
        assertArrayEquals(IntStream.rangeClosed(1, 20).toArray(), predicted);
        assertArrayEquals(new int[] {5, 6, 7, 8, 9, 10}, windows.example(1).ids());
    }

    @Test
    void textShorterThanOneWindowIsRefusedWithNumbers() {
        int[] tokens = new int[12];
        assertEquals(1, new TextWindows("a.txt", tokens, 11).size());
        String message = assertThrows(InputException.class, () -> new TextWindows("a.txt", tokens, 12))
                .getMessage();
        assertEquals(
                "a.txt has 12 tokens, but one window of length 12 needs 13; use a longer text or a length of at most 11",
                message);
    }

    @Test
    void dataThatDoesNotFillOneUpdateIsRefusedWithNumbers() {
        try (TrainingCase c = new TrainingCase()) {
            Setup setup = new Setup();
            setup.batch = 6;
            setup.accumulate = 2;
            String message =
                    assertThrows(InputException.class, () -> c.trainer(setup)).getMessage();
            assertTrue(
                    message.contains("holds 11 examples, but one update takes 12 (batch 6 × accumulate 2)"), message);
        }
    }

    @Test
    void everyEpochVisitsEachExampleOnceInAnOrderOfItsOwn() {
        TrainingData data = new TextWindows("text", IntStream.range(0, 51).toArray(), 5);
        List<Integer> order = order(data, 1, 3 * data.size());
        List<Integer> all = IntStream.range(0, data.size()).boxed().toList();
        for (int epoch = 0; epoch < 3; epoch++) {
            List<Integer> one = order.subList(epoch * data.size(), (epoch + 1) * data.size());
            assertEquals(all, one.stream().sorted().toList());
        }
        assertNotEquals(order.subList(0, data.size()), order.subList(data.size(), 2 * data.size()));
        assertEquals(order, order(data, 1, 3 * data.size()), "same seed");
        assertNotEquals(order, order(data, 2, 3 * data.size()), "another seed");
    }

    private static List<Integer> order(TrainingData data, long seed, int count) {
        return new ExampleStream(data, seed, 4)
                .take(Cursor.START, count).stream()
                        .map(example -> example.ids()[0] / 5)
                        .toList();
    }

    @Test
    void streamCanBeTakenUpAtAnyCursor() {
        TrainingData data = new TextWindows("text", IntStream.range(0, 51).toArray(), 5);
        ExampleStream stream = new ExampleStream(data, 1, 4);
        List<Example> whole = stream.take(Cursor.START, 27);
        Cursor at = stream.advance(Cursor.START, 17);
        assertEquals(new Cursor(1, 7), at);
        List<Example> rest = new ExampleStream(data, 1, 4).take(at, 10);
        for (int i = 0; i < 10; i++) {
            assertArrayEquals(whole.get(17 + i).ids(), rest.get(i).ids());
        }
    }

    @Test
    void maskedLabelsDoNotCount() {
        try (TrainingCase c = new TrainingCase();
                NDManager scope = c.model.newScope()) {
            int[] ids = c.text.example(0).ids();
            int[] labels = new int[ids.length];
            Arrays.fill(labels, CrossEntropy.IGNORED);
            labels[0] = ids[0];
            labels[3] = ids[3];
            labels[6] = ids[6];
            Batch masked = new Batch(List.of(new Example(ids, labels)), Rows.PACKED);

            NDArray logits = c.model.logits(c.model
                    .forward(scope.create(new int[][] {ids}).toType(DataType.INT64, false))
                    .hidden());
            double expected = 0;
            for (int t : new int[] {3, 6}) {
                float[] row = logits.get(new NDIndex("0, {}", t - 1)).toFloatArray();
                double sum = 0;
                for (float logit : row) {
                    sum += Math.exp(logit);
                }
                expected += Math.log(sum) - row[ids[t]];
            }
            assertEquals(2, masked.counted());
            assertEquals(
                    expected,
                    masked.lossSum(c.model, Objective.CROSS_ENTROPY, scope).getFloat(),
                    1e-4);
        }
    }

    @ParameterizedTest
    @EnumSource(Rows.class)
    void batchOfExamplesOfAnyLengthsLosesNothingAndAddsNothing(Rows rows) {
        try (TrainingCase c = new TrainingCase();
                NDManager scope = c.model.newScope()) {
            Example whole = c.text.example(0);
            Example shorter = Example.ofText(Arrays.copyOf(c.text.example(1).ids(), 4));
            Batch both = new Batch(List.of(shorter, whole), rows);
            float apart = new Batch(List.of(whole), rows)
                            .lossSum(c.model, Objective.CROSS_ENTROPY, scope)
                            .getFloat()
                    + new Batch(List.of(shorter), rows)
                            .lossSum(c.model, Objective.CROSS_ENTROPY, scope)
                            .getFloat();
            assertEquals(
                    apart, both.lossSum(c.model, Objective.CROSS_ENTROPY, scope).getFloat(), 1e-4);
            assertEquals(3 + 8, both.counted());
            long positions = rows == Rows.PACKED ? 4 + 9 : 2 * 9;
            assertEquals(positions, both.tokens(scope).ids().size());
        }
    }

    @Test
    void examplesOfEqualLengthStandSideBySideEitherWay() {
        try (TrainingCase c = new TrainingCase();
                NDManager scope = c.model.newScope()) {
            List<Example> examples = List.of(c.text.example(0), c.text.example(1));
            for (Rows rows : Rows.values()) {
                TokenBatch tokens = new Batch(examples, rows).tokens(scope);
                assertEquals(new Shape(2, 9), tokens.ids().getShape());
                assertNull(tokens.lengths());
            }
        }
    }
}
