package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;
import static org.statecraft.model.testing.Close.assertCloseToScale;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** One matrix in each format: what its values become, and that products are those of the values. */
class StoredMatrixTest {
    private static final long SEED = 20261124;
    private static final int GROUP = 32;
    /** Half the distance of neighbours in bfloat16, relative; twice that for two roundings. */
    private static final double ROUNDING = 1.0 / 256;

    private final Random random = new Random(SEED);
    private NDManager scope;

    @BeforeEach
    void open() {
        scope = NDManager.newBaseManager(Device.cpu());
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void bfloat16IsTheNearestBfloat16() {
        float[] values = normal(50 * 20);
        float[] stored = stored(values, 50, 20, MatrixFormat.BFLOAT16);
        for (int i = 0; i < values.length; i++) {
            assertEquals(bfloat16(values[i]), stored[i]);
        }
    }

    @Test
    void int8IsWithinHalfAStepOfItsRow() {
        int in = 96;
        float[] values = normal(33 * in);
        float[] stored = stored(values, 33, in, MatrixFormat.INT8);
        for (int row = 0; row < 33; row++) {
            float largest = 0;
            for (int j = 0; j < in; j++) {
                largest = Math.max(largest, Math.abs(values[row * in + j]));
            }
            float step = bfloat16(largest / 127);
            for (int j = 0; j < in; j++) {
                int at = row * in + j;
                assertTrue(Math.abs(values[at] - stored[at]) <= step * 0.50001, "row " + row + ", column " + j);
                assertEquals(0, Math.abs(Math.IEEEremainder(stored[at], step)), "a multiple of the step");
            }
        }
    }

    @Test
    void int4IsWithinHalfAStepOfItsGroup() {
        int in = 96;
        float[] values = normal(48 * in);
        for (int j = 0; j < GROUP; j++) {
            // narrow and far from zero, all zero, one sign
            values[j] = 5 + values[j] / 100;
            values[in + j] = 0;
            values[2 * in + j] = -Math.abs(values[2 * in + j]);
        }
        float[] stored = stored(values, 48, in, MatrixFormat.INT4);
        for (int group = 0; group < values.length / GROUP; group++) {
            float high = 0;
            float low = 0;
            for (int j = group * GROUP; j < (group + 1) * GROUP; j++) {
                high = Math.max(high, values[j]);
                low = Math.min(low, values[j]);
            }
            float step = bfloat16((high - low) / 15);
            float zero = bfloat16((high + low + step) / 2);
            for (int j = group * GROUP; j < (group + 1) * GROUP; j++) {
                assertTrue(Math.abs(values[j] - stored[j]) <= step * 0.50001, "group " + group + ", value " + j);
                double code = step == 0 ? 0 : (stored[j] - zero) / step + 8;
                assertEquals(Math.max(0, Math.min(15, Math.rint(code))), code, 1e-4, "one of sixteen steps");
            }
        }
    }

    @Test
    void valuesOnTheGridComeBackExactly() {
        int rows = 16;
        int in = 64;
        float[] eighths = new float[rows * in];
        float[] sixteenths = new float[rows * in];
        for (int i = 0; i < eighths.length; i++) {
            boolean end = i % GROUP < 2;
            int q = end ? (i % GROUP) * 254 - 127 : random.nextInt(255) - 127;
            eighths[i] = q * 0.0234375f * (1 << (i / in % 4));
            int nibble = end ? (i % GROUP) * 15 : random.nextInt(16);
            sixteenths[i] = (nibble - 8) * 0.375f + 0.8125f * (i / GROUP % 3);
        }
        assertArrayEquals(eighths, stored(eighths, rows, in, MatrixFormat.INT8));
        assertArrayEquals(sixteenths, stored(sixteenths, rows, in, MatrixFormat.INT4));
    }

    @ParameterizedTest
    @EnumSource
    void rowsThatMustBeExactAre(MatrixFormat format) {
        for (int rows : new int[] {5, 40, 97}) {
            NDArray matrix = random(rows, 64);
            NDArray value = Weight.of(matrix).storedAs(scope, format, 5).value(scope);
            NDIndex last = new NDIndex().addSliceDim(rows - 5, rows);
            assertArrayEquals(matrix.get(last).toFloatArray(), value.get(last).toFloatArray());
        }
    }

    /** Counts of tokens on both sides of the limits at which another product takes over. */
    @ParameterizedTest
    @EnumSource
    void productIsThatOfTheValues(MatrixFormat format) {
        for (int tokens : new int[] {1, 8, 31, 32, 64, 65, 100}) {
            for (int rows : new int[] {3, 16, 71}) {
                Weight weight = Weight.of(random(rows, 32)).storedAs(scope, format, 2);
                NDArray x = random(tokens, 32);
                NDArray expected = rounded(x).matMul(weight.value(scope).transpose());
                assertCloseToScale(tokens + " tokens, " + rows + " rows", expected, weight.apply(x), ROUNDING);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shapeAndOrderOfTheInputDoNotMatter(MatrixFormat format) {
        Weight weight = Weight.of(random(40, 64)).storedAs(scope, format, 0);
        NDArray x = random(6, 64);
        NDArray expected = weight.apply(x);
        NDArray last = x.reshape(2, 3, 64).get(new NDIndex(":, -1:"));
        assertClose("cube", expected.reshape(2, 3, 40), weight.apply(x.reshape(2, 3, 64)), 0);
        assertCloseToScale(
                "last of each", expected.get(new NDIndex("2::3")).reshape(2, 1, 40), weight.apply(last), ROUNDING);
        NDArray turned = random(64, 6).transpose();
        NDArray straight = Constants.array(scope, turned.toFloatArray(), turned.getShape());
        assertCloseToScale("column by column", weight.apply(straight), weight.apply(turned), ROUNDING);
    }

    @ParameterizedTest
    @EnumSource
    void gradientIsThatOfTheValues(MatrixFormat format) {
        for (int tokens : new int[] {1, 8, 100}) {
            Weight weight = Weight.of(random(40, 64)).storedAs(scope, format, 5);
            NDArray x = random(tokens, 64);
            NDArray direction = random(tokens, 40);
            x.setRequiresGradient(true);
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray y = weight.apply(x);
                assertCloseToScale("product", x.matMul(weight.value(scope).transpose()), y, 2 * ROUNDING);
                collector.backward(y.mul(direction).sum());
            }
            NDArray expected = direction.matMul(weight.value(scope));
            assertCloseToScale(tokens + " tokens", expected, x.getGradient(), 2 * ROUNDING);
        }
    }

    @ParameterizedTest
    @EnumSource
    void changesStandOnTopOfTheValues(MatrixFormat format) {
        NDArray x = random(4, 64);
        Weight plain = Weight.of(random(40, 64)).storedAs(scope, format, 3);
        NDArray values = plain.value(scope);
        NDArray A = random(2, 64);
        NDArray B = random(40, 2);
        Weight lowRank = plain.with(new WeightChange.LowRank(A, B, 0.5f));
        NDArray sum = values.add(B.matMul(A).mul(0.5f));
        assertCloseToScale("value", sum, lowRank.value(scope), 1e-6);
        assertCloseToScale("low rank", x.matMul(sum.transpose()), lowRank.apply(x), 2 * ROUNDING);
        NDArray magnitude = random(40).abs();
        NDArray norm = sum.square().sum(new int[] {1}).sqrt();
        NDArray scaled = sum.mul(magnitude.div(norm).reshape(40, 1));
        Weight dora = lowRank.with(new WeightChange.Magnitude(magnitude));
        assertCloseToScale("magnitude", x.matMul(scaled.transpose()), dora.apply(x), 2 * ROUNDING);
        Weight sparse = plain.with(
                new WeightChange.SparseEntries(scope.create(new long[] {7, 130}), scope.create(new float[] {3, -2})));
        NDArray changed = values.duplicate();
        changed.set(new NDIndex("0, 7"), values.getFloat(0, 7) + 3);
        changed.set(new NDIndex("2, 2"), values.getFloat(2, 2) - 2);
        assertCloseToScale("sparse", x.matMul(changed.transpose()), sparse.apply(x), 1e-6);
        assertEquals(new Shape(40, 64), sparse.shape());
    }

    @ParameterizedTest
    @CsvSource({"INT8,20,BFLOAT16", "INT4,48,BFLOAT16", "INT8,96,INT8", "INT4,96,INT4", "BFLOAT16,20,BFLOAT16"})
    void widthsThatAreNoWholeGroupsBecomeBfloat16(MatrixFormat asked, long in, MatrixFormat got) {
        NDArray matrix = random(19, in);
        Weight weight = Weight.of(matrix).storedAs(scope, asked, 3);
        assertEquals(got, weight.format());
        NDArray x = random(5, in);
        assertCloseToScale("product", x.matMul(weight.value(scope).transpose()), weight.apply(x), 2 * ROUNDING);
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT32,13312", // 52 x 64 x 4
        "BFLOAT16,7168", // 48 x 64 x 2 + 4 x 64 x 4
        "INT8,4192", // 48 x 64 + 48 x 2 + 4 x 64 x 4
        "INT4,2944", // 48 x 64 / 2 + 48 x 2 x 2 x 2 + 4 x 64 x 4
    })
    void bytesAreThoseOfTheTensors(MatrixFormat format, long bytes) {
        Weight weight = Weight.of(random(52, 64)).storedAs(scope, format, 4);
        assertEquals(bytes, weight.bytes());
        assertEquals(52 * 64, weight.size());
    }

    @Test
    void aStoredMatrixIsNotTrained() {
        Weight weight = Weight.of(random(16, 32)).storedAs(scope, MatrixFormat.INT4, 0);
        InputException refused = assertThrows(InputException.class, weight::base);
        assertTrue(refused.getMessage().contains("stored as int4"), refused.getMessage());
        assertTrue(refused.getMessage().contains("weights: float32"), refused.getMessage());
        assertEquals(List.of(), weight.changes());
    }

    private float[] stored(float[] values, long rows, long in, MatrixFormat format) {
        NDArray matrix = scope.create(values, new Shape(rows, in));
        return Weight.of(matrix).storedAs(scope, format, 0).value(scope).toFloatArray();
    }

    private NDArray random(long... shape) {
        Shape whole = new Shape(shape);
        return Constants.array(scope, normal((int) whole.size()), whole);
    }

    private float[] normal(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private NDArray rounded(NDArray x) {
        float[] values = x.toFloatArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = bfloat16(values[i]);
        }
        return scope.create(values, x.getShape());
    }

    /** The nearest number with eight significant binary digits, ties to even. */
    private static float bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int tie = (bits >>> 16) & 1;
        return Float.intBitsToFloat((bits + 0x7fff + tie) & 0xffff0000);
    }
}
