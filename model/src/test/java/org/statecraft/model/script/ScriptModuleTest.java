package org.statecraft.model.script;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.training.GradientCollector;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.Constants;

class ScriptModuleTest {
    private static ScriptModule probe;
    private final NDManager scope = NDManager.newBaseManager();

    @BeforeAll
    static void load() {
        probe = ScriptModule.load("probe");
    }

    @AfterAll
    static void unload() {
        probe.close();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private NDArray array(Shape shape, float... values) {
        return Constants.array(scope, values, shape);
    }

    private NDArray ramp(int rows, int columns) {
        return scope.arange(rows * columns)
                .toType(DataType.FLOAT32, false)
                .reshape(rows, columns)
                .div(7)
                .sub(1);
    }

    @Test
    void computesWhatTheSameArrayOperationsCompute() {
        NDArray x = ramp(3, 4);
        NDArray W = ramp(5, 4);
        NDArray z = ramp(3, 5);
        NDArray expected = Activation.swish(x.matMul(W.transpose()), 1).mul(z);
        assertClose(expected, probe.call(scope, "gated", x, W, z)[0]);
    }

    @Test
    void gradientsAreThoseOfTheSameArrayOperations() {
        NDArray x = ramp(3, 4);
        NDArray z = ramp(3, 5);
        NDArray[] gradients = new NDArray[2];
        for (int i = 0; i < 2; i++) {
            NDArray W = ramp(5, 4);
            W.setRequiresGradient(true);
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray y = i == 0
                        ? Activation.swish(x.matMul(W.transpose()), 1).mul(z)
                        : probe.call(scope, "gated", x, W, z)[0];
                collector.backward(y.sum());
            }
            gradients[i] = W.getGradient();
        }
        assertClose(gradients[0], gradients[1]);
    }

    @Test
    void aResultFromOutsideOfTheCollectorIsAConstantInside() {
        NDArray W = ramp(5, 4);
        W.setRequiresGradient(true);
        NDArray y = probe.call(scope, "gated", ramp(3, 4), W, ramp(3, 5))[0];
        NDArray w = array(new Shape(1), 2);
        w.setRequiresGradient(true);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(probe.call(scope, "gated", y, y, w)[0].sum());
        }
        NDArray expected = Activation.swish(y.matMul(y.transpose()), 1).sum();
        assertClose(expected.reshape(1), w.getGradient());
        assertArrayEquals(new float[20], W.getGradient().toFloatArray());
    }

    @Test
    void tensorsListsNumbersFlagsAndNoneAreArguments() {
        NDArray x = array(new Shape(3, 2), 1, 2, 3, 4, 5, 6);
        NDArray[] fromZero = probe.call(scope, "recurrence", x, 0.5, null);
        assertArrayEquals(new float[] {1, 2, 3.5f, 5, 6.75f, 8.5f}, fromZero[0].toFloatArray());
        assertArrayEquals(new float[] {6.75f, 8.5f}, fromZero[1].toFloatArray());
        NDArray[] carried = probe.call(scope, "recurrence", x, 0.5f, array(new Shape(2), 8, 16));
        assertArrayEquals(new float[] {7.75f, 10.5f}, carried[1].toFloatArray());
        NDArray two = array(new Shape(2), 1, 2);
        assertArrayEquals(
                new float[] {-6, -12}, probe.call(scope, "total", new NDList(two, two), 3, true)[0].toFloatArray());
        assertArrayEquals(new float[] {3, 6}, probe.call(scope, "total", List.of(two), 3L, false)[0].toFloatArray());
    }

    @Test
    void namesOfArraysMeanNothing() {
        NDArray x = array(new Shape(2), 1, 2);
        x.setName("layers.0.weight");
        assertArrayEquals(new float[] {1, 2}, probe.call(scope, "total", List.of(x), 1, false)[0].toFloatArray());
        assertEquals("layers.0.weight", x.getName());
    }

    @Test
    void resultsAreFlatInOrderAndBelongToTheNamedManager() {
        NDArray x = array(new Shape(1), 5);
        try (NDManager owner = scope.newSubManager()) {
            NDArray[] results = probe.call(owner, "nested", x);
            assertEquals(4, results.length);
            assertNull(results[1]);
            assertArrayEquals(
                    new float[] {5, 6, 7},
                    new float[] {results[0].getFloat(), results[2].getFloat(), results[3].getFloat()});
            assertSame(owner, results[0].getManager());
            assertSame(owner, results[3].getManager());
            assertTrue(owner.getManagedArrays().containsAll(Arrays.asList(results[0], results[2], results[3])));
        }
    }

    @Test
    void aMethodMayChangeItsArgument() {
        NDArray x = array(new Shape(2), 1, 2);
        assertArrayEquals(new NDArray[1], probe.call(scope, "add_to", x, x));
        assertArrayEquals(new float[] {2, 4}, x.toFloatArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"to_bfloat16", "to_int8"})
    void tensorsOfNarrowTypesAreKeptAndPassedBack(String narrow) {
        NDArray kept;
        try (NDManager step = scope.newSubManager()) {
            kept = probe.call(step, narrow, array(new Shape(2, 3), 1, -2, 3, 4, 5, -6))[0];
            kept.attach(scope);
        }
        assertEquals(new Shape(2, 3), kept.getShape());
        assertArrayEquals(new float[] {1, -2, 3, 4, 5, -6}, probe.call(scope, "to_float32", kept)[0].toFloatArray());
        kept.close();
    }

    @Test
    void aProductOfBfloat16TensorsKeepsEightBits() {
        NDArray W = probe.call(scope, "to_bfloat16", array(new Shape(1, 2), 1 + 1f / 256, 3))[0];
        // 1 + 2^-8 is half way between two values of 8 bits; the even one is 1
        assertArrayEquals(
                new float[] {4},
                probe.call(scope, "bfloat16_product", array(new Shape(1, 2), 1, 1), W)[0].toFloatArray());
    }

    @Test
    void bfloat16TensorsCarryGradients() {
        NDArray x = array(new Shape(1, 2), 1, 1);
        x.setRequiresGradient(true);
        NDArray W = probe.call(scope, "to_bfloat16", array(new Shape(1, 2), 2, 3))[0];
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(probe.call(scope, "bfloat16_product", x, W)[0]);
        }
        assertArrayEquals(new float[] {2, 3}, x.getGradient().toFloatArray());
    }

    @Test
    void twoNibblesFitInAByte() {
        float[] values = {0, 15, 7, 8, 1, 14};
        NDArray packed = probe.call(scope, "to_nibbles", array(new Shape(1, 6), values))[0];
        assertEquals(new Shape(1, 3), packed.getShape());
        assertEquals(DataType.UINT8, packed.getDataType());
        assertArrayEquals(values, probe.call(scope, "from_nibbles", packed)[0].toFloatArray());
    }

    @ParameterizedTest
    @CsvSource({
        "needs_matrix, x must have two axes",
        "no_such, Method 'no_such' is not defined",
        "gated, gated() is missing value for argument 'W'"
    })
    void failuresNameTheMethodAndTheReason(String method, String reason) {
        NDArray x = array(new Shape(1), 1);
        String message = assertThrows(EngineException.class, () -> probe.call(scope, method, x))
                .getMessage();
        assertTrue(message.startsWith("probe." + method + ": ") && message.contains(reason), message);
    }

    @Test
    void threadsShareAModule() {
        NDArray x = array(new Shape(3, 2), 1, 2, 3, 4, 5, 6);
        boolean[] right = new boolean[200];
        IntStream.range(0, right.length).parallel().forEach(i -> {
            try (NDManager step = scope.newSubManager()) {
                float[] last = probe.call(step, "recurrence", x, 0.5, null)[1].toFloatArray();
                right[i] = Arrays.equals(new float[] {6.75f, 8.5f}, last);
            }
        });
        assertTrue(IntStream.range(0, right.length).allMatch(i -> right[i]));
    }

    @Test
    void whatIsNoTensorIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> probe.call(scope, "needs_matrix", "text"));
        assertThrows(IllegalStateException.class, () -> probe.call(scope, "number"));
    }

    @Test
    void aScriptThatDoesNotCompileShowsTheLine() {
        String message = assertThrows(EngineException.class, () -> ScriptModule.load("broken"))
                .getMessage();
        assertTrue(message.startsWith("script broken.py: ") && message.contains("return no_such_name(x)"), message);
    }

    @Test
    void sharedMethodsBelongToTheClass() {
        try (ScriptModule sharing = ScriptModule.load("sharing", "shared")) {
            assertArrayEquals(
                    new float[] {6}, sharing.call(scope, "six_times", array(new Shape(1), 1))[0].toFloatArray());
        }
    }

    @Test
    void aMissingScriptIsNamed() {
        String message = assertThrows(UncheckedIOException.class, () -> ScriptModule.load("absent"))
                .getMessage();
        assertTrue(message.contains("absent.py"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../other", "/etc/x", "a.b", "http://x", ""})
    void onlyScriptsOfThisPackageHaveNames(String name) {
        assertThrows(IllegalArgumentException.class, () -> ScriptModule.load(name));
    }

    private static void assertClose(NDArray expected, NDArray actual) {
        assertEquals(expected.getShape(), actual.getShape());
        assertArrayEquals(expected.toFloatArray(), actual.toFloatArray(), 1e-5f);
    }
}
