package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;

/** A snapshot that was stored and read again is as good as never having stopped. */
class SnapshotTest {
    @TempDir
    private Path folder;

    static List<KernelCase> cases() {
        return KernelCase.full();
    }

    /** Of the first {@code count} tokens of the first golden row, by way of a file. */
    private Snapshot stored(ModelCase golden, long count) {
        Path file = folder.resolve("a.state");
        try (NDManager scope = golden.model().newScope()) {
            NDArray ids = firstRow(golden, 0, count);
            ids.attach(scope);
            Output output = golden.model().prefill(TokenBatch.of(ids), null);
            float[] logits = golden.model().logits(output.hidden().squeeze(1)).toFloatArray();
            try (Snapshot snapshot = Snapshot.of(golden.model(), output.state(), logits, count)) {
                snapshot.save(file);
            }
        }
        return Snapshot.load(golden.model(), file);
    }

    private static NDArray firstRow(ModelCase golden, long from, long to) {
        return golden.array("input_ids")
                .get(new NDIndex().addSliceDim(0, 1).addSliceDim(from, to))
                .duplicate();
    }

    private static NDArray expectedLogits(ModelCase golden, long from, long to) {
        return golden.array("logits").get(new NDIndex().addSliceDim(0, 1).addSliceDim(from, to));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aForwardPassGoesOnFromIt(KernelCase c) {
        try (ModelCase golden = c.open()) {
            // 1 and 2: fewer tokens than the convolution sees
            for (long first : new long[] {
                1, 2, golden.figures().path("split").path("first").asLong(), 69
            }) {
                try (Snapshot snapshot = stored(golden, first)) {
                    ModelState state = snapshot.state(golden.scope(), 1);
                    Output rest = golden.model().forward(TokenBatch.of(firstRow(golden, first, 70)), state, null);
                    assertClose(
                            "logits after " + first + " tokens",
                            expectedLogits(golden, first, 70),
                            golden.model().logits(rest.hidden()),
                            Tolerances.LOGITS);
                    assertEndOfTheSequence(golden, rest.state());
                    assertEquals(first, snapshot.tokens());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aNewSequenceStartsFromItAsAnAdapter(KernelCase c) {
        try (ModelCase golden = c.open();
                Snapshot snapshot = stored(golden, 30)) {
            Output rest = golden.model().with(snapshot).forward(firstRow(golden, 30, 70));
            assertClose(
                    "logits", expectedLogits(golden, 30, 70), golden.model().logits(rest.hidden()), Tolerances.LOGITS);
            assertEndOfTheSequence(golden, rest.state());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aPrefillOfPaddedRowsAndADecoderGoOnFromIt(KernelCase c) {
        try (ModelCase golden = c.open();
                Snapshot snapshot = stored(golden, 30)) {
            int[] tokens = intsOf(firstRow(golden, 30, 70));
            List<int[]> rows = List.of(first(tokens, 5), first(tokens, 40), first(tokens, 0), first(tokens, 17));
            ModelState state = snapshot.state(golden.scope(), rows.size());
            Output output = golden.model().prefill(TokenBatch.padded(golden.scope(), rows), state);
            NDArray logits = golden.model().logits(output.hidden().squeeze(1));
            for (int b = 0; b < rows.size(); b++) {
                long last = 29L + rows.get(b).length;
                if (rows.get(b).length > 0) {
                    NDArray expected = expectedLogits(golden, last, last + 1).reshape(-1);
                    assertClose("row " + b, expected, logits.get(b), Tolerances.LOGITS);
                }
            }
            // each row takes one step further; the one that had nothing to read, too
            try (Decoder decoder = golden.model().decoder(output.state())) {
                decoder.keep(new int[] {0, 2, 3});
                NDArray next = decoder.step(new int[] {tokens[5], tokens[0], tokens[17]});
                long[] positions = {35, 30, 47};
                for (int b = 0; b < positions.length; b++) {
                    NDArray expected = expectedLogits(golden, positions[b], positions[b] + 1)
                            .reshape(-1);
                    assertClose("step of row " + b, expected, next.get(b), Tolerances.LOGITS);
                }
            }
        }
    }

    private static void assertEndOfTheSequence(ModelCase golden, ModelState state) {
        for (int i = 0; i < state.layers().size(); i++) {
            NDArray expected = golden.array("layer" + i + ".final_h").get(new NDIndex("0:1"));
            NDArray actual = state.layers().get(i).state();
            assertClose("state of layer " + i, expected, actual.reshape(expected.getShape()), Tolerances.STATES);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void storingLosesNothing(KernelCase c) throws IOException {
        try (ModelCase golden = c.open();
                Snapshot snapshot = stored(golden, 20)) {
            Output direct = golden.model().forward(firstRow(golden, 0, 20));
            for (int i = 0; i < direct.state().layers().size(); i++) {
                LayerState expected = direct.state().layers().get(i);
                LayerState actual = snapshot.layer(i);
                assertArrayEquals(
                        expected.state().toFloatArray(), actual.state().toFloatArray());
                assertArrayEquals(
                        expected.convWindow().toFloatArray(),
                        actual.convWindow().toFloatArray());
            }
            snapshot.save(folder.resolve("again"));
            assertEquals(-1, Files.mismatch(folder.resolve("a.state"), folder.resolve("again")));
        }
    }

    @Test
    void aSnapshotNeedsNoLogits() {
        try (ModelCase golden = ModelCase.open("mamba2-tiny-g1")) {
            Output output = golden.model().forward(firstRow(golden, 0, 3));
            try (Snapshot snapshot = Snapshot.of(golden.model(), output.state(), null, 3)) {
                snapshot.save(folder.resolve("bare"));
            }
            try (Snapshot read = Snapshot.load(golden.model(), folder.resolve("bare"))) {
                assertNull(read.logits());
                assertEquals(3, read.tokens());
            }
        }
    }

    @Test
    void aSnapshotIsOfOneSequence() {
        try (ModelCase golden = ModelCase.open("mamba2-tiny-g1")) {
            ModelState two = golden.model().forward(golden.array("input_ids")).state();
            assertThrows(IllegalArgumentException.class, () -> Snapshot.of(golden.model(), two, null, 70));
        }
    }

    /** The layout of the folder does not matter, the weights do: state-spaces pads the vocabulary. */
    @Test
    void theSameWeightsInAnotherLayoutGoOnFromIt() {
        for (String name : List.of("mamba1-tiny", "mamba2-tiny-g1")) {
            try (ModelCase golden = ModelCase.open(name);
                    ModelCase twin = ModelCase.open(name + "-ss")) {
                stored(golden, 20).close();
                try (Snapshot read = Snapshot.load(twin.model(), folder.resolve("a.state"))) {
                    assertEquals(97, read.logits().length);
                }
                stored(twin, 20).close();
                try (Snapshot read = Snapshot.load(golden.model(), folder.resolve("a.state"))) {
                    assertEquals(97, read.logits().length);
                }
            }
        }
    }

    @Test
    void nothingStaysInMemoryAfterASnapshot() {
        try (ModelCase golden = ModelCase.open("mamba2-tiny-g1")) {
            NDManager all = golden.scope().getParentManager();
            int[] counts = new int[3];
            for (int i = 0; i < counts.length; i++) {
                stored(golden, 10).close();
                counts[i] = all.getManagedArrays().size()
                        - golden.scope().getManagedArrays().size();
            }
            assertEquals(counts[0], counts[2], "arrays held");
            assertTrue(counts[0] > 0);
        }
    }

    private static int[] intsOf(NDArray ids) {
        long[] values = ids.toLongArray();
        int[] ints = new int[values.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = (int) values[i];
        }
        return ints;
    }

    private static int[] first(int[] values, int count) {
        return Arrays.copyOf(values, count);
    }
}
