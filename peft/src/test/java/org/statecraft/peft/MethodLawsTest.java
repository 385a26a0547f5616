package org.statecraft.peft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.statecraft.model.testing.Close.assertClose;
import static org.statecraft.model.testing.Close.assertCloseToScale;
import static org.statecraft.model.testing.Close.distance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.CrossEntropy;
import org.statecraft.model.Decoder;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LossGradient;
import org.statecraft.model.MatrixFormat;
import org.statecraft.model.MergedModel;
import org.statecraft.model.ModelState;
import org.statecraft.model.Output;
import org.statecraft.model.Snapshot;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.files.Hashes;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;
import org.statecraft.peft.compile.SnapshotCompiler;
import org.statecraft.peft.files.AdapterFiles;
import org.statecraft.peft.mixed.MixedBatch;
import org.statecraft.peft.testing.Methods;
import org.statecraft.peft.testing.RandomValues;

/** What holds for every method, whatever its trained values are. */
class MethodLawsTest {
    private static final long SEED = 5;
    /** Trained values differ from the initial ones by at most this. */
    private static final double NUDGE = 0.2;

    @TempDir
    Path folder;

    static List<Methods.Case> cases() {
        return Methods.cases();
    }

    /** A model, an untrained adapter and the model with it. */
    private static final class Open implements AutoCloseable {
        final ModelCase base;
        final TunableAdapter adapter;
        final LanguageModel adapted;

        Open(Methods.Case c) {
            base = c.open();
            adapter = c.create(base, SEED);
            adapted = base.model().with(adapter);
        }

        /** As if it had been trained. */
        static Open trained(Methods.Case c) {
            Open open = new Open(c);
            RandomValues.nudge(open.adapter, NUDGE, SEED);
            return open;
        }

        NDArray ids() {
            return base.array("input_ids");
        }

        NDArray logits(LanguageModel model, NDArray ids) {
            return model.logits(model.forward(ids).hidden());
        }

        @Override
        public void close() {
            adapter.close();
            base.close();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void untrainedChangesNothingAndTrainedDoes(Methods.Case c) {
        try (Open open = new Open(c)) {
            NDArray plain = open.logits(open.base.model(), open.ids());
            if (open.adapter.startsFromTheModel()) {
                assertClose("logits", plain, open.logits(open.adapted, open.ids()), Tolerances.LOGITS);
            }
            RandomValues.nudge(open.adapter, NUDGE, SEED);
            assertTrue(distance(plain, open.logits(open.adapted, open.ids())) > 1e-3, "the values have an effect");
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void singleStepsEqualTheWholeSequence(Methods.Case c) {
        try (Open open = Open.trained(c)) {
            NDArray ids = open.ids();
            NDArray whole = open.adapted.forward(ids).hidden();
            // shorter than the convolution, so that what stood before the first token still matters
            Output output = open.adapted.forward(ids.get(":, :2"));
            ModelState state = output.state();
            for (long t = 2; t < ids.getShape().get(1); t++) {
                NDIndex token = new NDIndex(":, {}:{}", t, t + 1);
                output = open.adapted.forward(TokenBatch.of(ids.get(token)), state, null);
                state = output.state();
                assertClose("position " + t, whole.get(token), output.hidden(), Tolerances.SITES);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decoderEqualsTheWholeSequence(Methods.Case c) {
        try (Open open = Open.trained(c)) {
            NDArray ids = open.ids();
            NDArray whole = open.logits(open.adapted, ids);
            Output prefix = open.adapted.forward(ids.get(":, :5"));
            try (Decoder decoder = open.adapted.decoder(prefix.state())) {
                for (int t = 5; t < ids.getShape().get(1); t++) {
                    long[] column = ids.get(new NDIndex(":, {}", t)).toLongArray();
                    int[] tokens =
                            Arrays.stream(column).mapToInt(id -> (int) id).toArray();
                    NDArray logits = decoder.step(tokens);
                    assertClose("position " + t, whole.get(new NDIndex(":, {}", t)), logits, Tolerances.LOGITS);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void paddingChangesNothing(Methods.Case c) {
        try (Open open = Open.trained(c)) {
            int[] all = open.ids().get(0).toType(DataType.INT32, false).toIntArray();
            List<int[]> rows = List.of(Arrays.copyOf(all, 3), all, Arrays.copyOf(all, 7));
            TokenBatch batch = TokenBatch.padded(open.base.scope(), rows);
            NDArray together = open.adapted.forward(batch, null, null).hidden();
            for (int r = 0; r < rows.size(); r++) {
                TokenBatch one = TokenBatch.padded(open.base.scope(), List.of(rows.get(r)));
                NDArray alone = open.adapted.forward(one, null, null).hidden();
                NDArray same = together.get(new NDIndex("{}:{}, :{}", r, r + 1, rows.get(r).length));
                assertClose("row " + r, alone, same, Tolerances.SITES);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void laterTokensHaveNoEffectOnEarlierOnes(Methods.Case c) {
        try (Open open = Open.trained(c)) {
            NDArray ids = open.ids();
            NDArray changed = ids.duplicate();
            changed.set(new NDIndex(":, 9:"), 1);
            NDArray before = open.logits(open.adapted, ids);
            NDArray after = open.logits(open.adapted, changed);
            NDIndex early = new NDIndex(":, :9");
            assertClose("early logits", before.get(early), after.get(early), Tolerances.SITES);
            assertTrue(distance(before, after) > 1e-3, "but later logits do change");
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void storedAndLoadedAdapterIsTheSame(Methods.Case c) {
        try (Open open = Open.trained(c)) {
            Path stored = folder.resolve("adapter");
            AdapterFiles.save(open.adapter, "base", stored);
            try (TunableAdapter loaded = AdapterFiles.load(stored, open.base.model())) {
                assertEquals(open.adapter.type(), loaded.type());
                assertEquals(
                        List.copyOf(open.adapter.stored().keySet()),
                        List.copyOf(loaded.stored().keySet()));
                open.adapter
                        .stored()
                        .forEach((key, tensor) -> assertArrayEquals(
                                tensor.toFloatArray(), loaded.stored().get(key).toFloatArray(), key));
                NDArray expected = open.logits(open.adapted, open.ids());
                NDArray actual = open.logits(open.base.model().with(loaded), open.ids());
                assertClose("logits", expected, actual, Tolerances.SITES);
                Path again = folder.resolve("again");
                AdapterFiles.save(loaded, "base", again);
                assertEquals(
                        Hashes.sha256(stored.resolve(AdapterFiles.CONFIG)),
                        Hashes.sha256(again.resolve(AdapterFiles.CONFIG)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientEqualsFiniteDifferences(Methods.Case c) {
        assumeTrue(c.method().differentiable());
        try (Open open = Open.trained(c)) {
            Map<String, NDArray> gradients = gradients(open, LossGradient.recorded(open.adapted));
            gradients.forEach((key, gradient) -> {
                NDArray parameter = open.adapter.parameters().get(key);
                NDArray direction = RandomValues.array(open.base.scope(), parameter.getShape(), key.hashCode());
                double expected = extrapolated(open, parameter, direction);
                double actual = gradient.mul(direction).sum().getFloat();
                double scale =
                        gradient.norm().getFloat() * direction.norm().getFloat() / Math.sqrt((double) parameter.size());
                assertEquals(expected, actual, 2e-2 * scale + 2e-3, key);
            });
        }
    }

    /** Central differences of two widths, combined so that their error of second order cancels. */
    private static double extrapolated(Open open, NDArray parameter, NDArray direction) {
        double width = 0.04 / direction.norm().getFloat();
        return (4 * central(open, parameter, direction, width / 2) - central(open, parameter, direction, width)) / 3;
    }

    private static double central(Open open, NDArray parameter, NDArray direction, double width) {
        parameter.addi(direction.mul(width));
        double above = loss(open);
        parameter.subi(direction.mul(2 * width));
        double below = loss(open);
        parameter.addi(direction.mul(width));
        return (above - below) / (2 * width);
    }

    private static double loss(Open open) {
        NDArray labels = open.base.array("labels");
        return open.adapted.lossSum(TokenBatch.of(open.ids()), labels).getFloat() / counted(labels);
    }

    private static long counted(NDArray labels) {
        return labels.get(":, 1:").neq(CrossEntropy.IGNORED).countNonzero().getLong();
    }

    private static Map<String, NDArray> gradients(Open open, LossGradient lossGradient) {
        NDArray labels = open.base.array("labels");
        open.adapter.parameters().values().forEach(parameter -> parameter.setRequiresGradient(true));
        Map<String, NDArray> gradients = new LinkedHashMap<>();
        lossGradient.add(TokenBatch.of(open.ids()), labels, 1.0 / counted(labels));
        open.adapter.parameters().forEach((key, parameter) -> {
            NDArray copy = parameter.getGradient().duplicate();
            copy.attach(open.base.scope());
            gradients.put(key, copy);
            parameter.setRequiresGradient(false);
        });
        return gradients;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void recomputedGradientEqualsTheRecordedOne(Methods.Case c) {
        try (Open open = Open.trained(c);
                Open other = Open.trained(c)) {
            Map<String, NDArray> recorded = gradients(open, LossGradient.recorded(open.adapted));
            Map<String, NDArray> recomputed = gradients(other, LossGradient.recomputed(other.adapted));
            recorded.forEach((key, gradient) ->
                    assertCloseToScale(key, gradient, recomputed.get(key), Tolerances.GRADIENT_RELATIVE));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyTensorThatMovesFirstHasAGradientAtTheStart(Methods.Case c) {
        try (Open open = new Open(c)) {
            Map<String, NDArray> gradients = gradients(open, LossGradient.recorded(open.adapted));
            open.adapter
                    .movedFirst()
                    .forEach(key -> assertTrue(gradients.get(key).abs().max().getFloat() > 0, key));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void compiledStartEqualsTheExplicitOne(Methods.Case c) {
        try (Open open = Open.trained(c)) {
            assumeTrue(open.adapter.whyNotCompiled() == null);
            Path file = folder.resolve("start.safetensors");
            SnapshotCompiler.compile(open.base.model(), List.of(open.adapter), "a law")
                    .save(file);
            try (Snapshot compiled = Snapshot.load(open.base.model(), file)) {
                NDArray expected = open.logits(open.adapted, open.ids());
                NDArray actual = open.logits(open.base.model().with(compiled), open.ids());
                assertClose("logits", expected, actual, Tolerances.LOGITS);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rowOfAMixedBatchEqualsItselfAlone(Methods.Case c) {
        try (Open open = Open.trained(c);
                TunableAdapter other = c.create(open.base, SEED + 1)) {
            RandomValues.nudge(other, NUDGE, SEED + 1);
            int[] tokens = {7, 3, 30, 30, 2};
            List<MixedBatch.Request> requests = List.of(
                    new MixedBatch.Request(tokens, open.adapter),
                    new MixedBatch.Request(new int[] {9, 4}, null),
                    new MixedBatch.Request(tokens, other));
            List<NDArray> rows = new MixedBatch(open.base.model()).lastLogits(open.base.scope(), requests);
            for (int i = 0; i < rows.size(); i++) {
                MixedBatch.Request request = requests.get(i);
                LanguageModel alone = request.adapter() == null
                        ? open.base.model()
                        : open.base.model().with(request.adapter());
                TokenBatch batch = TokenBatch.padded(open.base.scope(), List.of(request.tokens()));
                NDArray expected = alone.logits(alone.forward(batch, null, null).hidden());
                assertClose("row " + i, expected.get("0, -1"), rows.get(i), Tolerances.LOGITS);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void mergedEqualsUnmergedWhenLoadedFromDisk(Methods.Case c) {
        try (Open open = Open.trained(c)) {
            assumeTrue(open.adapter.whyNotMerged() == null);
            Path target = folder.resolve("merged");
            MergedModel.Result result = MergedModel.write(open.adapted, open.base.folder(), target, nothing -> {});
            assertTrue(PublishedFolder.isValid(target));
            assertEquals(open.adapted.parameters().size(), result.tensors());
            try (LanguageModel merged =
                    LanguageModel.load(target, open.adapted.device(), c.kernel().make(), MatrixFormat.FLOAT32)) {
                NDArray expected = open.logits(open.adapted, open.ids());
                assertClose("logits", expected, open.logits(merged, open.ids()), Tolerances.LOGITS);
                assertEquals(open.adapted.stateBytesPerSequence(), merged.stateBytesPerSequence());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void axesNameWhatEveryTensorRunsAlong(Methods.Case c) {
        try (Open open = new Open(c)) {
            Map<String, List<Axis>> axes = open.adapter.axes();
            open.adapter
                    .parameters()
                    .forEach((key, tensor) -> assertEquals(
                            tensor.getShape().dimension(), axes.get(key).size(), key));
        }
    }
}
