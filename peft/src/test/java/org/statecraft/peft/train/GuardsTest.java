package org.statecraft.peft.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.peft.Axis;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.testing.RandomValues;
import org.statecraft.peft.train.TrainingCase.Heard;

/** Trainings that would be in vain end before they cost time. */
class GuardsTest {
    @TempDir
    Path folder;

    /** An adapter with the parameters of another one, broken in one way. */
    private static class Broken implements TunableAdapter {
        final TunableAdapter whole;

        Broken(TunableAdapter whole) {
            this.whole = whole;
        }

        @Override
        public ReadOut readOut(int layer) {
            return whole.readOut(layer);
        }

        @Override
        public String type() {
            return whole.type();
        }

        @Override
        public Map<String, Object> config() {
            return whole.config();
        }

        @Override
        public Map<String, NDArray> parameters() {
            return whole.parameters();
        }

        @Override
        public Map<String, List<Axis>> axes() {
            return whole.axes();
        }

        @Override
        public List<Integer> layers() {
            return whole.layers();
        }

        @Override
        public Set<String> movedFirst() {
            return whole.movedFirst();
        }

        @Override
        public boolean untrained() {
            return whole.untrained();
        }

        @Override
        public void close() {
            whole.close();
        }
    }

    private static String refusal(TrainingCase c, TunableAdapter adapter) {
        Trainer trainer = new Trainer(c.model, adapter, c.text, new Setup().config());
        return assertThrows(TrainingException.class, trainer::train).getMessage();
    }

    @Test
    void layerWithoutParametersIsNamed() {
        try (TrainingCase c = new TrainingCase()) {
            String message = refusal(c, new Broken(c.adapter) {
                @Override
                public Map<String, NDArray> parameters() {
                    Map<String, NDArray> all = new LinkedHashMap<>(whole.parameters());
                    all.keySet().removeIf(key -> PeftKeys.layer(key) == 1);
                    return all;
                }
            });
            assertTrue(message.contains("trains nothing in layers [1]"), message);
        }
    }

    @Test
    void layerThatTheModelDoesNotHaveIsNamed() {
        try (TrainingCase c = new TrainingCase()) {
            int layers = c.model.layers().size();
            String message = refusal(c, new Broken(c.adapter) {
                @Override
                public List<Integer> layers() {
                    return IntStream.rangeClosed(0, layers).boxed().toList();
                }
            });
            assertTrue(message.contains("trains nothing in layers [" + layers + "]"), message);
        }
    }

    @Test
    void untrainedAdapterThatChangesTheModelIsRefused() {
        try (TrainingCase c = new TrainingCase()) {
            RandomValues.fill(c.adapter, 1);
            String message = refusal(c, c.adapter);
            assertTrue(message.startsWith("the untrained adapter changes the logits by up to "), message);
        }
    }

    @Test
    void parameterWithoutGradientIsNamed() {
        try (TrainingCase c = new TrainingCase()) {
            String message = refusal(c, new Broken(c.adapter) {
                @Override
                public ReadOut readOut(int layer) {
                    return layer == 1 ? null : whole.readOut(layer);
                }
            });
            assertTrue(
                    message.contains(
                            "no gradient reaches 1 of " + c.adapter.parameters().size()),
                    message);
            assertTrue(message.contains("layers.1.mixer.state_offset_u"), message);
        }
    }

    @Test
    void trainedAdapterMayChangeTheModel() {
        try (TrainingCase c = new TrainingCase()) {
            RandomValues.fill(c.adapter, 1);
            Broken trained = new Broken(c.adapter) {
                @Override
                public boolean untrained() {
                    return false;
                }
            };
            Setup setup = new Setup();
            setup.steps = 1;
            setup.warmup = 0;
            assertEquals(
                    1,
                    new Trainer(c.model, trained, c.text, setup.config())
                            .train()
                            .steps());
        }
    }

    @Test
    void lossThatIsNoNumberEndsTheTrainingAndLeavesTheLastCheckpoint() {
        Setup setup = new Setup();
        setup.learningRate = 1e38;
        setup.schedule = Schedule.CONSTANT;
        setup.warmup = 0;
        setup.weightDecay = 0;
        setup.checkpointEvery = 1;
        Heard heard = new Heard();
        try (TrainingCase c = new TrainingCase()) {
            Trainer trainer = c.trainer(setup).checkpointTo(folder).listen(heard);
            String message =
                    assertThrows(TrainingException.class, trainer::train).getMessage();
            Path last = heard.checkpoints.get(heard.checkpoints.size() - 1);
            int step = heard.progress.size() + 1;
            assertTrue(message.startsWith("step " + step + ": the loss is "), message);
            assertTrue(message.contains("The first gradient that is not finite: base_model."), message);
            assertTrue(message.endsWith("The last checkpoint is " + last + "."), message);
            assertTrue(PublishedFolder.isValid(last));
            Map<String, float[]> before = c.values();
            Checkpoints.read(last, c.golden.scope())
                    .adapter()
                    .forEach((key, tensor) -> assertArrayEquals(before.get(key), tensor.toFloatArray()));
        }
    }

    @Test
    void coverageListsEveryKindOfTensorWithItsLayers() {
        try (TrainingCase c = new TrainingCase()) {
            List<String> lines = Guards.coverage(c.model, c.adapter);
            long count = c.adapter.parameterCount();
            assertTrue(lines.get(0).startsWith("the adapter trains %,d of ".formatted(count)), lines.get(0));
            assertEquals(
                    List.of("  state_offset_u  layers 0-2  [64, 2]  384", "  state_offset_w  layers 0-2  [2, 16]   96"),
                    lines.subList(1, lines.size()));
        }
    }

    @Test
    void layersAreWrittenAsRanges() {
        assertEquals("layers 0-3,6,8-9", Coverage.ranges(List.of(9, 0, 1, 2, 3, 6, 8)));
        assertEquals("layer 4", Coverage.ranges(List.of(4)));
        assertEquals("outside", Coverage.ranges(List.of(-1)));
    }
}
