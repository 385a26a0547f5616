package org.statecraft.peft.train;

import java.nio.file.Path;

/** Hears what happens during a training, on the thread that trains. */
public interface TrainingListener {

    /** An update was made. */
    default void progress(Progress progress) {}

    /** The validation data was scored after so many updates, in nats per token. */
    default void validated(int step, double loss) {}

    /** A checkpoint was published. */
    default void checkpointWritten(int step, Path folder) {}

    /** A sentence for people: what the adapter covers, what the guards found, what was skipped. */
    default void note(String text) {}

    /**
     * One update.
     *
     * @param step updates made, of {@code steps}
     * @param loss before the update, in nats per counted token
     * @param gradientNorm global norm before clipping
     * @param tokensPerSecond predicted positions per second of training, by the latest updates
     * @param secondsLeft by the pace so far, validations and checkpoints included
     */
    record Progress(
            int step,
            int steps,
            double loss,
            double learningRate,
            double gradientNorm,
            double tokensPerSecond,
            double secondsLeft) {}
}
