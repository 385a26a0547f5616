package org.statecraft.peft.train;

import java.nio.file.Path;
import java.util.ArrayList;
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

    final ModelCase golden = ModelCase.open(ModelCase.mamba2Names().get(0));
    final LanguageModel model = golden.model();
    final StateOffset adapter = StateOffset.create(model, StateOffsetConfig.lowRank(2), 1);
    final TrainingData text = new TextWindows(
            "text", TestData.tokens(11 * LENGTH + 1, model.config().vocabSize()), LENGTH);
    /** Without the pattern: the better the text is learned, the less this one is expected. */
    final TrainingData held = new TextWindows(
            "held", TestData.noise(3 * LENGTH + 1, model.config().vocabSize()), LENGTH);

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
