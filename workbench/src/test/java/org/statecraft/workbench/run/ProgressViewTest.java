package org.statecraft.workbench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.statecraft.workbench.run.ProgressView.Style;

class ProgressViewTest {
    private static final String ID = "2026-11-22T10-15-03-quickstart-7f3a";
    private static final Path RUN = Path.of("runs", ID);
    private static final Instant START = Instant.parse("2026-11-22T10:15:03Z");

    private static Instant at(double seconds) {
        return START.plusMillis(Math.round(1000 * seconds));
    }

    private static Event.TrainProgress trained(double seconds, int step) {
        return new Event.TrainProgress(at(seconds), step, 150, 4.0123, 1e-2, 12345.4, 62.2, 0.5);
    }

    private static String shown(Style style, List<Event> events) {
        StringWriter text = new StringWriter();
        ProgressView view = new ProgressView(new PrintWriter(text), style, RUN);
        events.forEach(view);
        return text.toString().replace(System.lineSeparator(), "\n");
    }

    private static List<Event> wholeRun() {
        List<Event> events = new ArrayList<>(List.of(
                new Event.RunStarted(at(0), ID, "quickstart", null),
                new Event.StepStarted(at(0), 0, "evaluate", "shakespeare"),
                new Event.EvaluationProgress(at(1), "shakespeare", 1, 1, 0.97, 0.0),
                new Event.TaskScored(at(1), 0, "before", "shakespeare", "bits_per_byte", 2.50831, null, 1, false),
                new Event.TaskScored(at(1), 0, "before", "lambada_openai", "acc", 0.3125, 0.01234, 100, true),
                new Event.Generated(at(2), "before", "ROMEO:", " I am\tthe one\u001b[2J.\nAnd " + "so on ".repeat(20)),
                new Event.StepFinished(at(2), 0, "evaluate", 2.04, null, null, null, null),
                new Event.StepStarted(at(2), 1, "tune", "state-offset, low-rank, rank 4"),
                new Event.Note(at(2), "4 of 4 layers covered")));
        for (int step = 1; step <= 150; step++) {
            events.add(trained(2 + 0.4 * step, step));
        }
        events.addAll(List.of(
                new Event.ValidationScored(at(62), 150, 3.91),
                new Event.CheckpointWritten(at(62), 150, "checkpoints/000150"),
                new Event.StepFinished(at(62), 1, "tune", 60.04, 24_576L, 4_529_600L, 851_443_712L, null),
                new Event.StepStarted(at(62), 2, "evaluate", "shakespeare"),
                new Event.TaskScored(at(63), 2, "after tune", "shakespeare", "bits_per_byte", 2.21402, null, 1, false),
                new Event.TaskScored(at(63), 2, "after tune", "lambada_openai", "acc", null, null, 100, true),
                new Event.StepFinished(at(64), 2, "evaluate", 2.0, null, null, 900_000_000L, null),
                new Event.RunFinished(at(64), RunState.COMPLETED, null)));
        return events;
    }

    @Test
    void logGetsWholeLinesThenScoresCostsAndTexts() {
        assertEquals(
                """
                quickstart: run 2026-11-22T10-15-03-quickstart-7f3a
                [0] evaluate: shakespeare
                    evaluate  shakespeare 1/1  1.0 requests/s  0:00 left
                    shakespeare  bits_per_byte 2.5083
                    lambada_openai  acc 0.3125 ± 0.0123
                    done in 2.0 s
                [1] tune: state-offset, low-rank, rank 4
                    4 of 4 layers covered
                    tune  step 1/150  loss 4.012  12,345 tok/s  1:02 left
                    tune  step 15/150  loss 4.012  12,345 tok/s  1:02 left
                    tune  step 30/150  loss 4.012  12,345 tok/s  1:02 left
                    tune  step 45/150  loss 4.012  12,345 tok/s  1:02 left
                    tune  step 60/150  loss 4.012  12,345 tok/s  1:02 left
                    tune  step 75/150  loss 4.012  12,345 tok/s  1:02 left
                    tune  step 90/150  loss 4.012  12,345 tok/s  1:02 left
                    tune  step 105/150  loss 4.012  12,345 tok/s  1:02 left
                    tune  step 120/150  loss 4.012  12,345 tok/s  1:02 left
                    tune  step 135/150  loss 4.012  12,345 tok/s  1:02 left
                    tune  step 150/150  loss 4.012  12,345 tok/s  1:02 left
                    step 150  validation loss 3.910
                    step 150  checkpoint checkpoints/000150
                    done in 60.0 s
                [2] evaluate: shakespeare
                    shakespeare  bits_per_byte 2.2140
                    lambada_openai  acc -
                    done in 2.0 s

                task            metric                    before  after tune   change
                shakespeare     bits_per_byte ↓           2.5083      2.2140  -0.2943
                lambada_openai  acc ↑            0.3125 ± 0.0123           -        -

                step            time  peak memory
                [0] evaluate   2.0 s            -
                [1] tune      60.0 s      812 MiB
                [2] evaluate   2.0 s      858 MiB

                24,576 of 4,529,600 parameters trained (0.54 %)
                peak memory 858 MiB

                Text before, prompt "ROMEO:":
                     I am the one?[2J.
                    And so on so on so on so on so on so on so on so on so on so on so on so on
                    so on so on so on so on so on so on so on so on

                COMPLETED after 64.0 s
                runs/2026-11-22T10-15-03-quickstart-7f3a
                """,
                shown(Style.PLAIN, wholeRun()));
    }

    @Test
    void terminalDrawsOneLineOverAndClearsItBeforeOthers() {
        String text = shown(
                Style.LIVE,
                List.of(
                        new Event.StepStarted(at(0), 1, "tune", ""),
                        trained(1.00, 69),
                        trained(1.05, 70),
                        trained(1.11, 71),
                        new Event.Note(at(2), "done"),
                        new Event.Note(at(2), "really")));

        String live = "tune  step %d/150  loss 4.012  12,345 tok/s  1:02 left  [####......]";
        assertEquals(
                "[1] tune\n\r" + live.formatted(69) + "\u001b[K\r" + live.formatted(71)
                        + "\u001b[K\r\u001b[K    done\n    really\n",
                text);
    }

    @Test
    void liveLineFitsTheTerminal() {
        String text =
                shown(Style.LIVE, List.of(new Event.EvaluationProgress(at(0), "long".repeat(30), 1, 2, null, null)));

        assertEquals(1 + 79 + "\u001b[K".length(), text.length());
    }

    @Test
    void unknownNumbersAreDashes() {
        String text =
                shown(Style.PLAIN, List.of(new Event.TrainProgress(at(0), 1, 2, Double.NaN, null, null, null, null)));

        assertTrue(text.contains("step 1/2  loss -  - tok/s  - left"), text);
    }

    @Test
    void longStepShowsALifeSignBetweenTenths() {
        List<Event> slow = new ArrayList<>();
        for (int step = 1; step <= 12; step++) {
            slow.add(trained(10.0 * step, step));
        }

        assertEquals(4, shown(Style.PLAIN, slow).lines().count(), "steps 1, 4, 7 and 10: every 30 seconds");
    }

    @Test
    void quietShowsTheRunDirectoryOnly() {
        assertEquals(RUN + "\n", shown(Style.QUIET, wholeRun()));
    }

    @Test
    void forProgramsEveryEventIsItsLineOfTheLog() {
        List<String> lines = shown(Style.EVENTS, wholeRun()).lines().toList();
        List<String> log = wholeRun().stream().map(EventJson::write).toList();
        assertEquals(log, lines.subList(0, lines.size() - 1));
        assertEquals(RUN.toString(), lines.get(lines.size() - 1));
    }

    @Test
    void closingTableOfAResumedRunKnowsTheScoresOfBefore() {
        List<Event> events = wholeRun();
        int resumed = 50;
        StringWriter text = new StringWriter();
        ProgressView view = new ProgressView(new PrintWriter(text), Style.PLAIN, RUN);
        view.replay(events.subList(0, resumed));
        assertEquals("", text.toString());
        view.accept(new Event.RunStarted(at(100), ID, "quickstart", "checkpoints/000040"));
        events.subList(resumed, events.size()).forEach(view);

        assertTrue(text.toString().contains("continued from checkpoints/000040"), text.toString());
        assertTrue(text.toString().contains("2.5083      2.2140  -0.2943"), text.toString());
    }

    @Test
    void runThatDidNotCompleteSaysHowToContinue() {
        String text = shown(
                Style.PLAIN,
                List.of(
                        new Event.RunStarted(at(0), ID, "quickstart", null),
                        new Event.RunFinished(at(5), RunState.CANCELLED, null)));

        assertTrue(
                text.endsWith("CANCELLED after 5.0 s; continue it with: statecraft resume " + RUN + "\n" + RUN + "\n"),
                text);
        assertFalse(text.contains("task"), text);
    }
}
