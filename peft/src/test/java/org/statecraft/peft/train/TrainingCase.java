package org.statecraft.peft.train;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.peft.stateoffset.StateOffset;
import org.statecraft.peft.stateoffset.StateOffsetConfig;

/** A small model, an untrained adapter and a text with a pattern. */
final class TrainingCase implements AutoCloseable {
    private static final int LENGTH = 8;

    final ModelCase golden = ModelCase.open(ModelCase.names(true).get(0));
    final LanguageModel model = golden.model();
    final StateOffset adapter = StateOffset.create(model, StateOffsetConfig.lowRank(2), 1);
    final TrainingData text = windows(11);
    final TrainingData held = windows(3);

    TextWindows windows(int count) {
        int[] tokens = TestData.tokens(200, model.config().vocabSize());
        return new TextWindows("text-" + count, Arrays.copyOf(tokens, count * LENGTH + 1), LENGTH);
    }

    Trainer trainer(Setup setup) {
        return new Trainer(model, adapter, text, setup.config());
    }

    Map<String, float[]> values() {
        Map<String, float[]> values = new LinkedHashMap<>();
        adapter.parameters().forEach((key, parameter) -> values.put(key, parameter.toFloatArray()));
        return values;
    }

    ParameterVector vector() {
        return new ParameterVector(adapter.parameters());
    }

    static float[] flat(NDArray array) {
        return array.toFloatArray();
    }

    @Override
    public void close() {
        adapter.close();
        golden.close();
    }

    /** Collects what a trainer says. */
    static final class Heard implements TrainingListener {
        final List<Progress> progress = new ArrayList<>();
        final List<Integer> validations = new ArrayList<>();
        final List<Path> checkpoints = new ArrayList<>();
        final List<String> notes = new ArrayList<>();

        @Override
        public void progress(Progress update) {
            progress.add(update);
        }

        @Override
        public void validated(int step, double loss) {
            validations.add(step);
        }

        @Override
        public void checkpointWritten(int step, Path folder) {
            checkpoints.add(folder);
        }

        @Override
        public void note(String text) {
            notes.add(text);
        }
    }
}
