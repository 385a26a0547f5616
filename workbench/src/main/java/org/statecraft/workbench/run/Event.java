package org.statecraft.workbench.run;

import java.time.Instant;

/**
 * Something that happened in a run: one line of {@code events.jsonl}, {@code {"time": ..., "type": "train-progress", ...}}.
 *
 * <p>Steps are counted from 0, as in the recipe. Times are seconds. A number that is not known, not applicable or not finite is
 * null.
 */
public sealed interface Event {
    /** When it happened, by the clock of the run. */
    Instant time();

    /**
     * A process began to work on the run.
     *
     * @param resumedFrom the checkpoint that it continues from, or "start"; null for a fresh run
     */
    record RunStarted(Instant time, String run, String recipe, String resumedFrom) implements Event {}

    /**
     * A step of the recipe began.
     *
     * @param label what the step does, in a few words for people
     */
    record StepStarted(Instant time, int index, String verb, String label) implements Event {}

    /** A sentence for people: what an adapter covers, what a guard found. */
    record Note(Instant time, String text) implements Event {}

    /**
     * A training step was taken.
     *
     * @param step optimizer steps done, of {@code steps}
     */
    record TrainProgress(
            Instant time,
            int step,
            int steps,
            Double loss,
            Double learningRate,
            Double tokensPerSecond,
            Double secondsLeft,
            Double gradientNorm)
            implements Event {
        public TrainProgress {
            loss = Numbers.finite(loss);
            learningRate = Numbers.finite(learningRate);
            tokensPerSecond = Numbers.finite(tokensPerSecond);
            secondsLeft = Numbers.finite(secondsLeft);
            gradientNorm = Numbers.finite(gradientNorm);
        }
    }

    /** The loss on held-out text after so many training steps. */
    record ValidationScored(Instant time, int step, Double loss) implements Event {
        public ValidationScored {
            loss = Numbers.finite(loss);
        }
    }

    /**
     * A checkpoint was published.
     *
     * @param path relative to the run directory
     */
    record CheckpointWritten(Instant time, int step, String path) implements Event {}

    /**
     * Some documents of a task were scored.
     *
     * @param done documents scored, of {@code total}
     */
    record EvaluationProgress(Instant time, String task, long done, long total, Double perSecond, Double secondsLeft)
            implements Event {
        public EvaluationProgress {
            perSecond = Numbers.finite(perSecond);
            secondsLeft = Numbers.finite(secondsLeft);
        }
    }

    /**
     * One score of an evaluate step.
     *
     * @param step index of the evaluate step
     * @param label the state of the model that was scored, as "after tune"
     * @param n documents
     */
    record TaskScored(
            Instant time,
            int step,
            String label,
            String task,
            String metric,
            Double value,
            Double stderr,
            long n,
            boolean higherIsBetter)
            implements Event {
        public TaskScored {
            value = Numbers.finite(value);
            stderr = Numbers.finite(stderr);
        }
    }

    /**
     * A text that the model wrote.
     *
     * @param label the state of the model, as in {@link TaskScored}
     * @param text what follows the prompt
     */
    record Generated(Instant time, String label, String prompt, String text) implements Event {}

    /**
     * A step of the recipe ended well, at this cost.
     *
     * @param trainableParameters null for a step that trains nothing; the other numbers likewise
     */
    record StepFinished(
            Instant time,
            int index,
            String verb,
            double seconds,
            Long trainableParameters,
            Long totalParameters,
            Long peakMemoryBytes,
            Long stateBytesPerSequence)
            implements Event {}

    /**
     * The process ended its work on the run.
     *
     * @param failure the cause for people; null unless the state is {@link RunState#FAILED}
     */
    record RunFinished(Instant time, RunState state, String failure) implements Event {}
}
