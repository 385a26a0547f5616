package org.statecraft.workbench.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.statecraft.model.InputException;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.model.files.JsonFiles;

/**
 * How a run ended and what it scored: {@code summary.json}, with the record's component names as keys. It is written last, so
 * its presence means that the run has ended. A number that is not known is null.
 *
 * @param format of the file
 * @param run id of the run
 * @param name of the recipe
 * @param failure the cause; null unless the state is {@link RunState#FAILED}
 * @param kernel that ran, "reference" or "fused"
 * @param weights how the large matrices were stored; null in summaries of older versions, which had float32 only
 * @param steps that finished, in their order
 */
public record Summary(
        int format,
        String run,
        String name,
        RunState state,
        String failure,
        Long seed,
        String recipeHash,
        String kernel,
        String weights,
        List<Step> steps,
        List<Evaluation> evaluations) {

    /** The format that this version writes, and the newest that it reads. */
    public static final int FORMAT = 1;

    public Summary {
        steps = steps == null ? List.of() : List.copyOf(steps);
        evaluations = evaluations == null ? List.of() : List.copyOf(evaluations);
    }

    /**
     * What a finished step cost.
     *
     * @param trainableParameters null for a step that trains nothing
     */
    public record Step(
            int index,
            String verb,
            double seconds,
            Long peakMemoryBytes,
            Long trainableParameters,
            Long totalParameters,
            Long stateBytesPerSequence) {}

    /**
     * The scores of one evaluate step.
     *
     * @param label the state of the model that was scored, as "after tune"
     * @param tasks task to metric to score
     */
    public record Evaluation(int step, String label, Map<String, Map<String, Score>> tasks) {}

    /**
     * The value of one metric.
     *
     * @param n documents
     */
    public record Score(Double value, Double stderr, long n, boolean higherIsBetter) {
        public Score {
            value = Numbers.finite(value);
            stderr = Numbers.finite(stderr);
        }
    }

    /**
     * The summary of a run from what it said. Of a step that ran again after a resume only the last time counts.
     *
     * @param state where the run stands if no event says that it has finished
     */
    public static Summary of(RunIdentity identity, RunState state, List<Event> events) {
        RunRecord record = new RunRecord();
        events.forEach(record::accept);
        Event.RunFinished end = record.finished();
        return new Summary(
                FORMAT,
                identity.run(),
                identity.name(),
                end == null ? state : end.state(),
                end == null ? null : end.failure(),
                identity.seed(),
                identity.recipeHash(),
                identity.kernel(),
                identity.weights(),
                record.steps(),
                record.evaluations());
    }

    /**
     * What a summary says about a run that its events do not.
     *
     * @param run id
     * @param name of the recipe
     */
    public record RunIdentity(String run, String name, Long seed, String recipeHash, String kernel, String weights) {}

    /** Ends a run: publishes its summary. */
    public void write(RunDirectory directory) {
        AtomicFiles.writeJson(directory.summary(), this);
    }

    /**
     * Reads the summary of a run that has ended.
     *
     * @throws InputException if the run has not ended, or the file is damaged or of a newer format
     */
    public static Summary read(RunDirectory directory) {
        Path file = directory.summary();
        if (!Files.exists(file)) {
            throw new InputException(file
                    + ": not there, because the run has not ended; continue it with: statecraft resume " + directory);
        }
        JsonNode format = JsonFiles.read(file).path("format");
        if (!format.isInt() || format.intValue() < 1) {
            throw new InputException(file + ": not a summary (no \"format\" number); the file was changed or damaged");
        }
        if (format.intValue() > FORMAT) {
            throw new InputException(file + ": written by a newer Statecraft (format " + format
                    + "; this version reads up to " + FORMAT + "); read it with that version");
        }
        return JsonFiles.read(file, Summary.class);
    }
}
