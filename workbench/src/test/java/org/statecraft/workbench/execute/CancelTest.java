package org.statecraft.workbench.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.workbench.run.Event;
import org.statecraft.workbench.run.EventLog;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.RunState;
import org.statecraft.workbench.run.Summary;
import org.statecraft.workbench.testing.Program;
import org.statecraft.workbench.testing.RunContent;
import org.statecraft.workbench.testing.Workplace;

/** Ctrl-C ends a run in good order, and the run can be taken up again. */
class CancelTest {
    /** Long enough that the signal surely finds the step at work. */
    private static final String[] LONGER = {
        "--set", "steps[1].tune.optimizer.steps=60",
        "--set", "steps[1].tune.checkpoint-every=50",
        "--set", "steps[0].evaluate.batch=1",
        "--set", "steps[0].evaluate.max-length=16"
    };

    @TempDir
    private Path folder;

    private Workplace place;

    @BeforeEach
    void setUp() throws IOException {
        assumeFalse(interruptIsIgnored(), "whoever started the tests lets them ignore SIGINT");
        place = new Workplace(folder);
    }

    /** A shell's background jobs ignore SIGINT, and so does all that they start. */
    private static boolean interruptIsIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(line ->
                                (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 0b10) != 0);
    }

    @Test
    void aCancelledTrainingLeavesACheckpointAndEndsLaterWithTheSameBytes() throws IOException, InterruptedException {
        Program.Ended ended = interruptAt(Event.TrainProgress.class::isInstance);

        RunDirectory run = place.onlyRun();
        assertCancelled(ended, run);
        Path checkpoint = newestCheckpoint(run);
        assertTrue(PublishedFolder.isValid(checkpoint), checkpoint::toString);
        assertFalse(checkpoint.endsWith("000050"), "it was written because of the signal: " + checkpoint);
        assertEquals(List.of(), RunContent.temporaries(run.path()));

        Program.Ended resumed = place.start("resume", run.id()).await();

        assertEquals(new Program.Ended(0, resumed.out(), ""), resumed);
        String from = run.path().relativize(checkpoint).toString();
        assertTrue(resumed.out().matches("(?s).*continuing from \\S*" + from + "\\R.*"), resumed.out());
        assertSameAsUndisturbed(run);
    }

    @Test
    void aCancelledEvaluationLeavesNoResultAndIsDoneAgain() throws IOException, InterruptedException {
        Program.Ended ended = interruptAt(Event.EvaluationProgress.class::isInstance);

        RunDirectory run = place.onlyRun();
        assertCancelled(ended, run);
        assertFalse(Files.exists(run.evaluation(0)));
        assertTrue(EventLog.read(run.events()).stream().noneMatch(Event.StepFinished.class::isInstance));
        assertEquals(List.of(), RunContent.temporaries(run.path()));

        Program.Ended resumed = place.start("resume", run.id()).await();

        assertEquals(new Program.Ended(0, resumed.out(), ""), resumed);
        assertSameAsUndisturbed(run);
    }

    @Test
    void aRunThatIsTakenUpAgainHasNotEnded() throws IOException, InterruptedException {
        interruptAt(Event.StepStarted.class::isInstance);
        RunDirectory run = place.onlyRun();
        assertEquals(RunState.CANCELLED, run.state());

        Program again = place.start("resume", run.id());
        await(again, event -> event instanceof Event.RunStarted start && start.resumedFrom() != null);
        RunState whileItWorks = run.state();
        again.kill();

        assertEquals(List.of(RunState.RUNNING, RunState.LOST), List.of(whileItWorks, run.state()));
    }

    private Program.Ended interruptAt(Predicate<Event> moment) throws IOException, InterruptedException {
        Program program = place.startRun(LONGER);
        await(program, moment);
        program.interrupt();
        return program.await();
    }

    private void await(Program program, Predicate<Event> moment) throws InterruptedException {
        while (program.isAlive() && events().stream().noneMatch(moment)) {
            Thread.sleep(1);
        }
        assertTrue(program.isAlive(), "the program ended before the moment came");
    }

    private List<Event> events() {
        return RunDirectory.list(place.runs()).stream()
                .filter(run -> Files.exists(run.events()))
                .flatMap(run -> EventLog.read(run.events()).stream())
                .toList();
    }

    private static void assertCancelled(Program.Ended ended, RunDirectory run) throws IOException {
        assertEquals(new Program.Ended(130, ended.out(), ""), ended);
        assertEquals(Path.of("runs", run.id()).toString(), ended.lastLine());
        Summary summary = Summary.read(run);
        assertEquals(RunState.CANCELLED, summary.state());
        assertEquals(null, summary.failure());
        assertEquals(List.of(), RunContent.halfWritten(run.path()));
    }

    private static Path newestCheckpoint(RunDirectory run) {
        List<Event.CheckpointWritten> written = EventLog.read(run.events()).stream()
                .filter(Event.CheckpointWritten.class::isInstance)
                .map(Event.CheckpointWritten.class::cast)
                .toList();
        return run.path().resolve(written.get(written.size() - 1).path());
    }

    private void assertSameAsUndisturbed(RunDirectory resumed) throws IOException, InterruptedException {
        RunContent reference = RunContent.of(new Workplace(folder.resolve("undisturbed")).run(LONGER));
        assertEquals(List.of(), reference.differences(RunContent.of(resumed)));
    }
}
