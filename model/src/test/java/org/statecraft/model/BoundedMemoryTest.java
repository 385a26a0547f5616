package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;

/**
 * Native memory is freed when an array or its manager is closed, so what a long run leaves in the caller's manager is what it
 * held on to all the time.
 */
class BoundedMemoryTest {
    /** Rows of so many sequences run in the shortest segments. */
    private static final int ROWS = 8;

    static List<KernelCase> cases() {
        return KernelCase.full();
    }

    private static TokenBatch tokens(NDManager scope, long length) {
        return TokenBatch.of(scope.randomInteger(0, 50, new Shape(ROWS, length), DataType.INT64));
    }

    /** Values of all arrays of numbers that a manager holds, those of its parents and children not included. */
    private static long held(NDManager manager) {
        return manager.getManagedArrays().stream()
                .filter(array -> array.getDataType() == DataType.FLOAT32)
                .mapToLong(NDArray::size)
                .sum();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aLongPrefillHoldsNoMoreThanAShortOne(KernelCase c) {
        try (ModelCase golden = c.open()) {
            long few = afterPrefill(golden.model(), 300);
            long many = afterPrefill(golden.model(), 5 * 256 + 44);
            assertTrue(few > 0);
            assertEquals(few, many);
        }
    }

    private static long afterPrefill(LanguageModel model, long length) {
        try (NDManager scope = model.newScope()) {
            model.prefill(tokens(scope, length), null);
            return held(scope);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decodingHoldsAsMuchAfterManyTokensAsAfterOne(KernelCase c) {
        try (ModelCase golden = c.open();
                NDManager scope = golden.model().newScope()) {
            ModelState start = golden.model().prefill(tokens(scope, 20), null).state();
            try (Decoder decoder = golden.model().decoder(start)) {
                NDManager owner = decoder.state().layers().get(0).state().getManager();
                decoder.step(new int[ROWS]);
                long one = held(owner);
                for (int i = 0; i < 5; i++) {
                    decoder.step(new int[ROWS]);
                }
                assertEquals(one, held(owner));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void askingForTheStateAgainHoldsNoMore(KernelCase c) {
        try (ModelCase golden = c.open();
                NDManager scope = golden.model().newScope()) {
            ModelState start = golden.model().prefill(tokens(scope, 20), null).state();
            try (Decoder decoder = golden.model().decoder(start)) {
                NDManager owner = decoder.state().layers().get(0).state().getManager();
                long once = held(owner);
                for (int i = 0; i < 3; i++) {
                    decoder.state();
                }
                assertEquals(once, held(owner));
                decoder.step(new int[ROWS]);
                decoder.keep(new int[] {0, 1});
                assertTrue(held(owner) < once);
            }
        }
    }

    /** Of a changed matrix its value, and nothing of the way to it. */
    @ParameterizedTest
    @MethodSource("cases")
    void foldingAnAdapterInHoldsItsMatricesOnce(KernelCase c) {
        try (ModelCase golden = c.open();
                NDManager scope = golden.model().newScope()) {
            LanguageModel plain = golden.model();
            LanguageModel changed = plain.with(new Adapter() {
                @Override
                public Weight weight(String name, Weight weight) {
                    long[] shape = weight.shape().getShape();
                    return name.endsWith("in_proj.weight")
                            ? weight.with(new WeightChange.LowRank(
                                    scope.ones(new Shape(2, shape[1])), scope.ones(new Shape(shape[0], 2)), 0.01f))
                            : weight;
                }
            });
            ModelState start = plain.prefill(tokens(scope, 20), null).state();
            assertEquals(heldByDecoder(plain, start), heldByDecoder(changed, start));
        }
    }

    private static long heldByDecoder(LanguageModel model, ModelState start) {
        try (Decoder decoder = model.decoder(start)) {
            return held(decoder.state().layers().get(0).state().getManager());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aLossHoldsSumsAndNoLogits(KernelCase c) {
        try (ModelCase golden = c.open();
                NDManager scope = golden.model().newScope()) {
            TokenBatch batch = tokens(scope, 3 * 256);
            golden.model().lossSum(batch, batch.ids());
            long states = ROWS * golden.model().stateBytesPerSequence() / Float.BYTES;
            assertTrue(held(scope) - states < 100, () -> held(scope) + " values, " + states + " of them states");
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 5000, 50288", "8, 2048, 50288", "4000, 3, 50288", "1, 1, 16", "16, 128, 4096"})
    void piecesOfALossCoverEveryTokenAndFewLogits(long batch, long length, long vocabulary) {
        long next = 0;
        for (LossRows rows : LossRows.of(new Shape(batch, length, 4), vocabulary)) {
            assertEquals(next, rows.from());
            assertTrue(rows.to() > rows.from());
            boolean single = rows.to() == rows.from() + 1;
            assertTrue(
                    single || batch * (rows.to() - rows.from()) * vocabulary <= LossRows.MOST_LOGITS, rows::toString);
            next = rows.to();
        }
        assertEquals(length, next);
    }

    /** Summation in other pieces would change the last bits of every training. */
    @Test
    void aSmallBatchIsOnePiece() {
        assertEquals(List.of(new LossRows(0, 256)), LossRows.of(new Shape(8, 256, 4), 4096));
    }
}
