package org.statecraft.workbench.execute;

import java.nio.file.Path;
import org.statecraft.peft.train.TrainingListener;
import org.statecraft.workbench.run.Event;
import org.statecraft.workbench.run.EventLog;

/** Turns what the trainer says into events. */
record TrainingEvents(Workspace workspace) implements TrainingListener {
    private EventLog events() {
        return workspace.events();
    }

    @Override
    public void progress(Progress p) {
        events().append(new Event.TrainProgress(
                events().now(),
                p.step(),
                p.steps(),
                p.loss(),
                p.learningRate(),
                p.tokensPerSecond(),
                p.secondsLeft(),
                p.gradientNorm()));
    }

    @Override
    public void validated(int step, double loss) {
        events().append(new Event.ValidationScored(events().now(), step, loss));
    }

    @Override
    public void checkpointWritten(int step, Path folder) {
        String path = workspace.directory().path().relativize(folder).toString();
        events().append(new Event.CheckpointWritten(events().now(), step, path));
    }

    @Override
    public void note(String text) {
        workspace.note(text);
    }
}
