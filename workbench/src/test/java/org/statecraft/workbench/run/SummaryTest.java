package org.statecraft.workbench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.InputException;

class SummaryTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final Summary.RunIdentity IDENTITY =
            new Summary.RunIdentity("2026-11-22T10-15-03-quickstart-7f3a", "quickstart", 7L, "ab12", "fused", "int8");

    /** The format as it is documented: a change of a key here is a change of the format. */
    private static final String DOCUMENTED =
            """
            {"format": 1, "run": "2026-11-22T10-15-03-quickstart-7f3a", "name": "quickstart", "state": "COMPLETED",
             "failure": null, "seed": 7, "recipeHash": "ab12", "kernel": "fused", "weights": "int8",
             "steps": [{"index": 1, "verb": "tune", "seconds": 61.5, "peakMemoryBytes": 1000, "trainableParameters": 24576,
                        "totalParameters": 4529600, "stateBytesPerSequence": 4096}],
             "evaluations": [{"step": 2, "label": "after tune", "tasks": {"shakespeare":
                        {"bits_per_byte": {"value": 2.31, "stderr": null, "n": 1, "higherIsBetter": false}}}}]}
            """;

    private static final List<Event> EVENTS = List.of(
            new Event.StepStarted(NOON, 1, "tune", ""),
            new Event.StepFinished(NOON, 1, "tune", 61.5, 24_576L, 4_529_600L, 1000L, 4096L),
            new Event.TaskScored(NOON, 2, "after tune", "shakespeare", "bits_per_byte", 2.31, null, 1, false),
            new Event.RunFinished(NOON, RunState.COMPLETED, null));

    @TempDir
    Path runs;

    private RunDirectory run;

    @BeforeEach
    void createRun() {
        run = RunDirectory.create(runs, "quickstart", Clock.systemUTC(), empty -> {});
    }

    @Test
    void fileHasTheDocumentedKeysInTheirOrder() throws IOException {
        Summary.of(IDENTITY, RunState.LOST, EVENTS).write(run);

        ObjectMapper mapper = new ObjectMapper();
        assertEquals(
                mapper.readTree(DOCUMENTED).toString(),
                mapper.readTree(Files.readString(run.summary())).toString());
    }

    @Test
    void summaryIsReadBackAsItWasWritten() {
        Summary written = Summary.of(IDENTITY, RunState.LOST, EVENTS);
        written.write(run);

        assertEquals(written, Summary.read(run));
        assertEquals(RunState.COMPLETED, run.state());
    }

    @Test
    void stepThatRanAgainAfterAResumeCountsOnce() {
        Summary summary = Summary.of(
                IDENTITY,
                RunState.LOST,
                List.of(
                        new Event.StepStarted(NOON, 0, "evaluate", ""),
                        new Event.TaskScored(NOON, 0, "before", "a", "acc", 0.1, null, 10, true),
                        new Event.TaskScored(NOON, 0, "before", "dropped", "acc", 0.1, null, 10, true),
                        new Event.RunFinished(NOON, RunState.CANCELLED, null),
                        new Event.RunStarted(NOON, "id", "quickstart", "start"),
                        new Event.StepStarted(NOON, 0, "evaluate", ""),
                        new Event.TaskScored(NOON, 0, "before", "a", "acc", 0.2, null, 10, true),
                        new Event.StepFinished(NOON, 0, "evaluate", 3, null, null, null, null)));

        assertEquals(RunState.LOST, summary.state(), "the earlier end does not count after a new start");
        assertEquals(1, summary.steps().size());
        assertEquals(
                "{a={acc=Score[value=0.2, stderr=null, n=10, higherIsBetter=true]}}",
                summary.evaluations().get(0).tasks().toString());
    }

    @Test
    void runThatHasNotEndedSaysHowToContinue() {
        String message =
                assertThrows(InputException.class, () -> Summary.read(run)).getMessage();
        assertTrue(message.contains("the run has not ended") && message.contains("statecraft resume " + run), message);
    }

    @Test
    void newerFormatAndDamageAreToldApart() throws IOException {
        Files.writeString(run.summary(), DOCUMENTED.replace("\"format\": 1", "\"format\": 2"));
        String newer =
                assertThrows(InputException.class, () -> Summary.read(run)).getMessage();
        assertTrue(newer.contains("newer Statecraft (format 2; this version reads up to 1)"), newer);

        for (String damaged : List.of(DOCUMENTED.substring(0, 100), "[]", DOCUMENTED.replace("COMPLETED", "DONE"))) {
            Files.writeString(run.summary(), damaged);
            String message =
                    assertThrows(InputException.class, () -> Summary.read(run)).getMessage();
            assertTrue(message.contains("summary.json") && message.contains("changed or damaged"), message);
        }
    }
}
