package org.statecraft.workbench.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.workbench.run.Event;
import org.statecraft.workbench.run.EventLog;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.RunState;
import org.statecraft.workbench.run.Summary;

/** A run directory as a run would have left it. */
public final class FakeRun {
    private static final Instant START = Instant.parse("2026-11-22T10:15:03Z");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final RunDirectory directory;
    private final List<Event> events = new ArrayList<>();

    /** @param minute of its creation, so that tests know which is newer */
    public FakeRun(Path runs, String name, int minute) {
        directory = RunDirectory.create(
                runs, name, Clock.fixed(START.plusSeconds(60L * minute), ZoneOffset.UTC), empty -> {});
    }

    public FakeRun recipe(String yaml) {
        AtomicFiles.writeString(directory.resolvedRecipe(), yaml);
        return this;
    }

    public FakeRun tuned(int step, double seconds, Long trainable, Long total, Long peakMemory) {
        events.add(new Event.StepFinished(START, step, "tune", seconds, trainable, total, peakMemory, null));
        return this;
    }

    /** A score without the documents that it comes from. */
    public FakeRun scored(int step, String label, String task, String metric, Double value, Double stderr, long n) {
        boolean higherIsBetter = metric.startsWith("acc");
        events.add(new Event.TaskScored(START, step, label, task, metric, value, stderr, n, higherIsBetter));
        return this;
    }

    /** The documents of a task: hash "doc0", "doc1", ... and the value of each. */
    public FakeRun documents(int step, String task, String metric, double... values) {
        List<Object> boxed = new ArrayList<>(DoubleStream.of(values).boxed().toList());
        return documents(step, "samples_" + task + ".jsonl", metric, boxed);
    }

    /** The same for values of any shape, in a file of any name. */
    public FakeRun documents(int step, String file, String metric, List<?> values) {
        StringBuilder lines = new StringBuilder();
        for (int i = values.size() - 1; i >= 0; i--) {
            ObjectNode line = MAPPER.createObjectNode();
            line.put("doc_id", i);
            line.put("doc_hash", "doc" + i);
            line.put("filter", "none");
            line.set(metric, MAPPER.valueToTree(values.get(i)));
            lines.append(line).append('\n');
        }
        AtomicFiles.writeString(directory.documentSamples(step).resolve(file), lines.toString());
        return this;
    }

    /** Samples as they stand in a file, a JSON text each. */
    public FakeRun samples(int step, String task, List<String> lines) {
        Path file = directory.documentSamples(step).resolve("samples_" + task + ".jsonl");
        AtomicFiles.writeString(file, String.join("\n", lines) + "\n");
        return this;
    }

    public FakeRun taskHash(int step, String task, String hash) {
        AtomicFiles.writeJson(directory.evaluation(step), Map.of("task_hashes", Map.of(task, hash)));
        return this;
    }

    public RunDirectory ended(RunState state, String failure) {
        events.add(new Event.RunFinished(START, state, failure));
        Summary.of(
                        new Summary.RunIdentity(
                                directory.id(),
                                directory.id().substring(20, directory.id().length() - 5),
                                7L,
                                "ab12",
                                "reference",
                                "float32"),
                        RunState.LOST,
                        events)
                .write(directory);
        return directory;
    }

    public RunDirectory completed() {
        return ended(RunState.COMPLETED, null);
    }

    /** As a killed process leaves it: events and no summary. */
    public RunDirectory killed() {
        try (EventLog log = EventLog.open(directory.events(), Clock.systemUTC())) {
            events.forEach(log::append);
        }
        return directory;
    }
}
