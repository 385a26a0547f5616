package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;
import static org.statecraft.model.testing.Close.distance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.testing.Fixtures;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;

/** Laws that hold whatever the weights are. */
class KernelLawsTest {

    static List<KernelCase> cases() {
        return KernelCase.full();
    }

    static List<KernelCase> mamba2Cases() {
        return KernelCase.mamba2();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void chunkLengthDoesNotChangeTheResult(KernelCase c) {
        try (ModelCase golden = c.open()) {
            NDArray ids = golden.array("input_ids");
            NDArray expected = golden.array("logits");
            int length = (int) ids.getShape().get(1);
            for (int chunk : new int[] {1, 7, 16, 64, length, 10 * length}) {
                LanguageModel model = golden.model().with(c.kernel(chunk));
                NDArray logits = model.logits(model.forward(ids).hidden());
                assertClose("logits with chunk length " + chunk, expected, logits, Tolerances.LOGITS);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aTokenChangesNothingBeforeItAndSomethingAfter(KernelCase c) {
        try (ModelCase golden = c.open()) {
            NDArray ids = golden.array("input_ids");
            // a chunk length far below the distance, so that the change must travel through carried states
            LanguageModel model = golden.model().with(c.kernel(8));
            NDArray before = model.logits(model.forward(ids).hidden());
            long length = ids.getShape().get(1);
            long changed = 9;
            NDArray other = ids.duplicate();
            other.set(new NDIndex().addAllDim().addIndices(changed), (int) (ids.getLong(0, changed) + 1) % 97);
            NDArray after = model.logits(model.forward(other).hidden());
            NDArray earlierBefore = ModelParityTest.columns(before, 0, changed);
            NDArray earlierAfter = ModelParityTest.columns(after, 0, changed);
            assertArrayEquals(earlierBefore.toFloatArray(), earlierAfter.toFloatArray());
            NDArray lastBefore = ModelParityTest.columns(before, length - 1, length);
            NDArray lastAfter = ModelParityTest.columns(after, length - 1, length);
            assertTrue(distance(lastBefore, lastAfter) > 1e-3, "the change reaches the last position");
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void parallelEqualsStepByStep(KernelCase c) {
        try (ModelCase golden = c.open()) {
            NDArray ids = golden.array("input_ids");
            Output whole = golden.model().forward(ids);
            Output part = golden.model().forward(ModelParityTest.columns(ids, 0, 1));
            NDList hidden = new NDList(part.hidden());
            for (long t = 1; t < ids.getShape().get(1); t++) {
                NDArray token = ModelParityTest.columns(ids, t, t + 1);
                part = golden.model().forward(TokenBatch.of(token), part.state(), null);
                hidden.add(part.hidden());
            }
            assertClose("hidden", whole.hidden(), NDArrays.concat(hidden, 1), Tolerances.SITES);
            for (int i = 0; i < whole.state().layers().size(); i++) {
                LayerState expected = whole.state().layers().get(i);
                LayerState actual = part.state().layers().get(i);
                assertClose("state of layer " + i, expected.state(), actual.state(), Tolerances.STATES);
                assertClose("window of layer " + i, expected.convWindow(), actual.convWindow(), Tolerances.STATES);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decoderEqualsForward(KernelCase c) {
        try (ModelCase golden = c.open()) {
            LanguageModel model = golden.model();
            NDArray ids = golden.array("input_ids");
            NDArray expected = model.logits(model.forward(ids).hidden());
            int first = 3;
            ModelState start =
                    model.forward(ModelParityTest.columns(ids, 0, first)).state();
            try (Decoder decoder = model.decoder(start)) {
                int length = (int) ids.getShape().get(1);
                int dropped = length / 2;
                for (int t = first; t < dropped; t++) {
                    NDArray logits = decoder.step(new int[] {(int) ids.getLong(0, t), (int) ids.getLong(1, t)});
                    NDIndex at = new NDIndex().addAllDim().addIndices(t);
                    assertClose("token " + t, expected.get(at), logits, Tolerances.LOGITS);
                }
                decoder.keep(new int[] {1});
                for (int t = dropped; t < length; t++) {
                    NDArray logits = decoder.step(new int[] {(int) ids.getLong(1, t)});
                    NDIndex at = new NDIndex("1:2").addIndices(t);
                    assertClose("token " + t, expected.get(at), logits, Tolerances.LOGITS);
                }
                ModelState end = model.forward(ids).state().rows(1);
                for (int i = 0; i < end.layers().size(); i++) {
                    LayerState wanted = end.layers().get(i);
                    LayerState left = decoder.state().layers().get(i);
                    assertClose("state of layer " + i, wanted.state(), left.state(), Tolerances.STATES);
                    assertClose("window of layer " + i, wanted.convWindow(), left.convWindow(), Tolerances.STATES);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void paddingNeverChangesARow(KernelCase c) {
        try (ModelCase golden = c.open()) {
            long[] all = golden.array("input_ids").toLongArray();
            List<int[]> rows = List.of(ints(all, 5), ints(all, 70), ints(all, 1), ints(all, 33));
            Output batch = golden.model().forward(TokenBatch.padded(golden.scope(), rows), null, null);
            for (int b = 0; b < rows.size(); b++) {
                TokenBatch alone = TokenBatch.padded(golden.scope(), List.of(rows.get(b)));
                Output single = golden.model().forward(alone, null, null);
                NDIndex real = new NDIndex().addIndices(b).addSliceDim(0, rows.get(b).length);
                assertClose(
                        "hidden of row " + b,
                        single.hidden().get(0),
                        batch.hidden().get(real),
                        Tolerances.SITES);
                LayerState last = batch.state().layers().get(1);
                LayerState expected = single.state().layers().get(1);
                assertClose(
                        "state of row " + b,
                        expected.state().get(0),
                        last.state().get(b),
                        Tolerances.STATES);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void nothingButTheResultStaysInMemory(KernelCase c) {
        try (ModelCase golden = c.open()) {
            NDArray ids = golden.array("input_ids");
            int[] counts = new int[3];
            for (int i = 0; i < counts.length; i++) {
                try (NDManager scope = golden.scope().newSubManager()) {
                    NDArray input = ids.duplicate();
                    input.attach(scope);
                    golden.model().forward(input);
                }
                counts[i] = golden.scope().getParentManager().getManagedArrays().size()
                        + golden.scope().getManagedArrays().size();
            }
            assertEquals(counts[0], counts[2], "arrays held after a pass");
            assertEquals(counts[1], counts[2], "arrays held after a pass");
        }
    }

    /** PyTorch records by default, as it does on new threads, and here everything is being trained. */
    @ParameterizedTest
    @MethodSource("cases")
    void decodingNeedsNoFrozenModelOnAnyThread(KernelCase c) throws Exception {
        try (ModelCase golden = c.open()) {
            NDArray ids = ModelParityTest.columns(golden.array("input_ids"), 0, 5);
            int[] tokens = new int[(int) ids.getShape().get(0)];
            float[] expected = decoded(golden.model(), ids, tokens);
            golden.model().parameters().values().forEach(weight -> weight.base().setRequiresGradient(true));
            FutureTask<float[]> decoding = new FutureTask<>(() -> decoded(golden.model(), ids, tokens));
            new Thread(decoding, "decoding").start();
            assertArrayEquals(expected, decoding.get(), (float) Tolerances.LOGITS);
        }
    }

    private static float[] decoded(LanguageModel model, NDArray ids, int[] tokens) {
        try (Decoder decoder = model.decoder(model.forward(ids).state())) {
            decoder.step(tokens);
            return decoder.step(tokens).toFloatArray();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void nothingToReadAndNothingToPredictAreRefused(KernelCase c) {
        try (ModelCase golden = c.open()) {
            NDArray none = golden.scope().zeros(new Shape(2, 0), DataType.INT64);
            assertThrows(IllegalArgumentException.class, () -> golden.model().forward(none));
            NDArray one = golden.scope().zeros(new Shape(2, 1), DataType.INT64);
            TokenBatch batch = TokenBatch.of(one);
            assertThrows(IllegalArgumentException.class, () -> golden.model().lossSum(batch, one));
            assertThrows(IllegalArgumentException.class, () -> LossGradient.recomputed(golden.model())
                    .add(batch, one, 1));
        }
    }

    @ParameterizedTest
    @MethodSource("mamba2Cases")
    void timeStepLimitClampsEveryStepSize(KernelCase c, @TempDir Path limited) throws IOException {
        try (ModelCase golden = c.open()) {
            NDArray free = stepSizes(golden, golden.model());
            double middle = free.mean().getFloat();
            Files.copy(golden.folder().resolve("model.safetensors"), limited.resolve("model.safetensors"));
            ObjectNode config = (ObjectNode) Fixtures.json(golden.folder().resolve("config.json"));
            config.putArray("time_step_limit").add(middle / 2).add(middle);
            Files.writeString(limited.resolve("config.json"), config.toString());
            try (LanguageModel model = LanguageModel.load(
                            limited, golden.model().device())
                    .with(golden.model().kernel())) {
                NDArray clamped = stepSizes(golden, model);
                assertClose("step sizes", free.clip(middle / 2, middle), clamped, Tolerances.SITES);
                assertTrue(distance(free, clamped) > 1e-3, "the limits reach some steps");
            }
        }
    }

    /** Of the first layer, whose input does not depend on other step sizes. */
    private static NDArray stepSizes(ModelCase golden, LanguageModel model) {
        NDArray[] seen = new NDArray[1];
        model.forward(TokenBatch.of(golden.array("input_ids")), null, (layer, site, value) -> {
            if (layer == 0 && site == Site.DELTA) {
                seen[0] = value.duplicate();
                seen[0].attach(golden.scope());
            }
        });
        return seen[0];
    }

    private static int[] ints(long[] values, int count) {
        int[] ints = new int[count];
        for (int i = 0; i < count; i++) {
            ints[i] = (int) values[i];
        }
        return ints;
    }
}
