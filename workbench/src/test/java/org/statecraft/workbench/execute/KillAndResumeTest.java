package org.statecraft.workbench.execute;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.peft.train.Checkpoints;
import org.statecraft.workbench.run.Event;
import org.statecraft.workbench.run.EventLog;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.testing.Program;
import org.statecraft.workbench.testing.RunContent;
import org.statecraft.workbench.testing.Workplace;

/**
 * A run that is killed at any moment and then resumed ends with the bytes of one that never stopped.
 *
 * <p>Most moments are drawn evenly over what a run tells of itself, not over seconds, which mean little on a busy machine. Some
 * are aimed, since chance would rarely hit them: before the run directory exists, before the first checkpoint, and while
 * something is being published. {@code -Dstatecraft.seed=N} repeats the draw, though of course not the exact instants.
 */
class KillAndResumeTest {
    private static final int KILLS = 20;
    private static final int AT_ONCE = 2;

    @TempDir
    private Path folder;

    private RunContent reference;
    private int events;

    /** When to kill. */
    private enum Aim {
        START,
        FIRST_UPDATES,
        PUBLISHING,
        ANYWHERE
    }

    /** How far a run was when it was killed. */
    private enum Reached {
        NOTHING,
        RUN_DIRECTORY,
        CHECKPOINT,
        SUMMARY
    }

    @Test
    void aKilledRunEndsWithTheSameBytesOnceResumed() throws IOException, InterruptedException {
        long seed = Long.getLong("statecraft.seed", System.nanoTime());
        System.out.println("KillAndResumeTest: seed " + seed);
        Workplace undisturbed = new Workplace(folder.resolve("undisturbed"));
        RunDirectory whole = undisturbed.run("--quiet");
        reference = RunContent.of(whole);
        events = EventLog.read(whole.events()).size();

        Map<Reached, Integer> reached = new EnumMap<>(Reached.class);
        assertAll(trials(seed).stream().map(trial -> () -> reached.merge(outcome(trial), 1, Integer::sum)));

        System.out.println("KillAndResumeTest: killed when there was " + reached);
        assertTrue(reached.containsKey(Reached.NOTHING), "some kill came before the run directory");
        assertTrue(reached.containsKey(Reached.RUN_DIRECTORY), "some kill came before the first checkpoint");
        assertTrue(reached.containsKey(Reached.CHECKPOINT), "some kill came after the first checkpoint");
    }

    /** Makes all trials, some at once; each of them has ended, well or with a failure. */
    private List<Future<Reached>> trials(long seed) throws InterruptedException {
        SplittableRandom seeds = new SplittableRandom(seed);
        List<Callable<Reached>> trials = new ArrayList<>();
        for (int i = 0; i < KILLS; i++) {
            int number = i;
            SplittableRandom random = seeds.split();
            trials.add(() -> trial(number, random));
        }
        ExecutorService executor = Executors.newFixedThreadPool(AT_ONCE);
        try {
            return executor.invokeAll(trials);
        } finally {
            executor.shutdownNow();
        }
    }

    private static Reached outcome(Future<Reached> trial) throws Throwable {
        try {
            return trial.get();
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    private static Aim aim(int number) {
        return switch (number % 10) {
            case 0 -> Aim.START;
            case 1, 2 -> Aim.FIRST_UPDATES;
            case 3, 4 -> Aim.PUBLISHING;
            default -> Aim.ANYWHERE;
        };
    }

    private Reached trial(int number, SplittableRandom random) throws IOException, InterruptedException {
        Workplace place = new Workplace(folder.resolve("trial-" + number));
        Program program = place.startRun("--quiet");
        waitFor(aim(number), program, place, random);
        program.kill();
        final Reached reached = reached(place);
        assertEquals(List.of(), halfWritten(place), "trial " + number);

        if (number % 3 == 0) {
            Program again = goOn(place);
            waitFor(Aim.ANYWHERE, again, place, random);
            again.kill();
            assertEquals(List.of(), halfWritten(place), "trial " + number);
        }
        Program.Ended ended = goOn(place).await();

        String trial = "trial " + number + ", killed when there was " + reached;
        assertEquals(new Program.Ended(0, ended.out(), ""), ended, trial);
        RunDirectory run = place.onlyRun();
        assertEquals(List.of(), reference.differences(RunContent.of(run)), trial);
        assertEquals(List.of(), RunContent.temporaries(run.path()), trial);
        assertEquals(List.of(), halfWritten(place), trial);
        return reached;
    }

    /** Resumes, or where the run was killed before there was anything to resume, starts again. */
    private static Program goOn(Workplace place) {
        List<RunDirectory> runs = RunDirectory.list(place.runs());
        return runs.isEmpty()
                ? place.startRun("--quiet")
                : place.start("resume", "--quiet", runs.get(0).id());
    }

    private void waitFor(Aim aim, Program program, Workplace place, SplittableRandom random)
            throws IOException, InterruptedException {
        switch (aim) {
            case START -> Thread.sleep(random.nextInt(20));
            case FIRST_UPDATES -> {
                int updates = 1 + random.nextInt(2);
                while (program.isAlive() && count(Event.TrainProgress.class, place) < updates) {
                    pause();
                }
            }
            case PUBLISHING -> {
                Set<Path> seen = new HashSet<>();
                int which = 1 + random.nextInt(20);
                while (program.isAlive() && seen.size() < which) {
                    pause();
                    seen.addAll(temporaries(place));
                }
            }
            case ANYWHERE -> {
                long last = count(Event.class, place) + random.nextInt(events);
                while (program.isAlive() && count(Event.class, place) < last) {
                    pause();
                }
                Thread.sleep(random.nextInt(50));
            }
        }
    }

    private static void pause() {
        LockSupport.parkNanos(500_000);
    }

    private static long count(Class<? extends Event> type, Workplace place) {
        return RunDirectory.list(place.runs()).stream()
                .filter(run -> Files.exists(run.events()))
                .flatMap(run -> EventLog.read(run.events()).stream())
                .filter(type::isInstance)
                .count();
    }

    private static List<Path> temporaries(Workplace place) throws IOException {
        List<Path> found = new ArrayList<>();
        for (RunDirectory run : RunDirectory.list(place.runs())) {
            for (Path folder : List.of(run.checkpoints(), run.artifacts(), run.results())) {
                try {
                    found.addAll(Files.isDirectory(folder) ? RunContent.temporaries(folder) : List.of());
                } catch (UncheckedIOException | NoSuchFileException e) {
                    // something disappeared meanwhile, as temporary things do
                }
            }
        }
        return found;
    }

    private static List<String> halfWritten(Workplace place) throws IOException {
        List<String> found = new ArrayList<>();
        for (RunDirectory run : RunDirectory.list(place.runs())) {
            found.addAll(RunContent.halfWritten(run.path()));
        }
        return found;
    }

    private static Reached reached(Workplace place) {
        List<RunDirectory> runs = RunDirectory.list(place.runs());
        if (runs.isEmpty()) {
            return Reached.NOTHING;
        }
        if (Files.exists(runs.get(0).summary())) {
            return Reached.SUMMARY;
        }
        Path training = runs.get(0).checkpoints().resolve("01-tune");
        return Checkpoints.latestValid(training, note -> {}).isPresent() ? Reached.CHECKPOINT : Reached.RUN_DIRECTORY;
    }
}
