package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.ModelParityTest.columns;
import static org.statecraft.model.testing.Close.assertClose;
import static org.statecraft.model.testing.Close.distance;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.Tolerances;
import org.statecraft.model.testing.WrittenModel;

/** FalconMamba, of which there are no golden values: laws, and the equations token by token in float64. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FalconMambaTest {
    private static final long SEED = 11;
    private static final int LAYERS = 3;
    private static final int TOKENS = 53;
    private static final int LENGTH = 41;

    private WrittenModel weights;
    private LanguageModel falcon;
    /** The same weights as plain Mamba-1. */
    private LanguageModel mamba1;

    private NDManager scope;
    private int[] ids;

    static List<Kernel> kernels() {
        return KernelCase.kernels(7);
    }

    @BeforeAll
    void write(@TempDir Path folder) throws IOException {
        weights = WrittenModel.mamba1(LAYERS, 24, 40, 8, 3, TOKENS).random(SEED);
        falcon = load(folder.resolve("falcon"), "falcon_mamba");
        mamba1 = load(folder.resolve("mamba1"), "mamba");
        scope = falcon.newScope();
        ids = new Random(SEED).ints(LENGTH, 0, TOKENS).toArray();
    }

    private LanguageModel load(Path folder, String type) throws IOException {
        Files.createDirectory(folder);
        Files.writeString(
                folder.resolve("config.json"),
                """
                {"model_type": "%s", "hidden_size": 24, "intermediate_size": 40, "expand": 16, "state_size": 8,
                 "time_step_rank": 3, "num_hidden_layers": %d, "vocab_size": %d, "eos_token_id": 11}"""
                        .formatted(type, LAYERS, TOKENS));
        weights.write(folder.resolve("model.safetensors"), "");
        return LanguageModel.load(folder, Device.cpu());
    }

    @AfterAll
    void close() {
        scope.close();
        falcon.close();
        mamba1.close();
    }

    private TokenBatch batch(int... tokens) {
        return TokenBatch.padded(scope, List.of(tokens));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void logitsEqualTheEquationsTokenByToken(Kernel kernel) {
        double[][] expected = new FalconMambaLoop(weights, LAYERS, 24, 40, 8, 3, TOKENS).logits(ids);
        LanguageModel model = falcon.with(kernel);
        float[] actual =
                model.logits(model.forward(batch(ids), null, null).hidden()).toFloatArray();
        for (int t = 0; t < LENGTH; t++) {
            for (int v = 0; v < TOKENS; v++) {
                assertEquals(
                        expected[t][v], actual[t * TOKENS + v], Tolerances.LOGITS, "position " + t + ", token " + v);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void theNormOfTheSelectionMatters(Kernel kernel) {
        NDArray with = falcon.with(kernel).forward(batch(ids), null, null).hidden();
        NDArray without = mamba1.with(kernel).forward(batch(ids), null, null).hidden();
        assertTrue(distance(with, without) > 0.1);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void partsWithACarriedStateEqualTheWhole(Kernel kernel) {
        LanguageModel model = falcon.with(kernel);
        NDArray tokens = batch(ids).ids();
        Output whole = model.forward(TokenBatch.of(tokens), null, null);
        // one token first and last, and parts shorter and longer than the convolution window
        List<Integer> cuts = Stream.of(0, 1, 3, 20, LENGTH - 1, LENGTH).toList();
        NDList hidden = new NDList();
        ModelState state = null;
        for (int i = 1; i < cuts.size(); i++) {
            NDArray part = columns(tokens, cuts.get(i - 1), cuts.get(i));
            Output output = model.forward(TokenBatch.of(part), state, null);
            hidden.add(output.hidden());
            state = output.state();
        }
        assertClose("hidden", whole.hidden(), NDArrays.concat(hidden, 1), Tolerances.SITES);
        for (int i = 0; i < LAYERS; i++) {
            LayerState expected = whole.state().layers().get(i);
            assertClose("state", expected.state(), state.layers().get(i).state(), Tolerances.STATES);
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void stepByStepEqualsParallel(Kernel kernel) {
        LanguageModel model = falcon.with(kernel);
        NDArray tokens = batch(ids).ids();
        NDArray expected = model.forward(TokenBatch.of(tokens), null, null).hidden();
        NDList hidden = new NDList();
        ModelState state = null;
        for (int t = 0; t < LENGTH; t++) {
            Output output = model.forward(TokenBatch.of(columns(tokens, t, t + 1)), state, null);
            hidden.add(output.hidden());
            state = output.state();
        }
        assertClose("hidden", expected, NDArrays.concat(hidden, 1), Tolerances.SITES);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void paddingNeverChangesARow(Kernel kernel) {
        LanguageModel model = falcon.with(kernel);
        List<int[]> rows =
                Stream.of(2, LENGTH, 17).map(n -> Arrays.copyOf(ids, n)).toList();
        Output all = model.forward(TokenBatch.padded(scope, rows), null, null);
        for (int b = 0; b < rows.size(); b++) {
            Output alone = model.forward(batch(rows.get(b)), null, null);
            NDIndex real = new NDIndex().addIndices(b).addSliceDim(0, rows.get(b).length);
            assertClose("row " + b, alone.hidden().get(0), all.hidden().get(real), Tolerances.SITES);
            LayerState expected = alone.state().layers().get(LAYERS - 1);
            LayerState actual = all.state().layers().get(LAYERS - 1);
            assertClose("state", expected.state().get(0), actual.state().get(b), Tolerances.STATES);
            assertClose(
                    "window", expected.convWindow().get(0), actual.convWindow().get(b), Tolerances.STATES);
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void aTokenChangesNothingBeforeItAndSomethingAfter(Kernel kernel) {
        LanguageModel model = falcon.with(kernel);
        int[] other = ids.clone();
        other[9] = (other[9] + 1) % TOKENS;
        NDArray before = model.forward(batch(ids), null, null).hidden();
        NDArray after = model.forward(batch(other), null, null).hidden();
        assertArrayEquals(
                columns(before, 0, 9).toFloatArray(), columns(after, 0, 9).toFloatArray());
        assertTrue(distance(columns(before, 40, 41), columns(after, 40, 41)) > 1e-4);
    }
}
