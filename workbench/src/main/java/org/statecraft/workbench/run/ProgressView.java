package org.statecraft.workbench.run;

import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.statecraft.workbench.table.Cell;
import org.statecraft.workbench.table.Formats;

/**
 * Shows a run on a terminal or in a log, from its events alone.
 *
 * <p>While a step works, a terminal shows one line that is drawn over and over; a log gets a line for each tenth of the step.
 * At the end come the scores before and after, what the steps cost and the texts that the model wrote. The last line is the
 * path of the run directory, in every style.
 */
public final class ProgressView implements Consumer<Event> {
    /** How much is shown, and whether a line may be drawn over. */
    public enum Style {
        /** For a terminal: one live line. */
        LIVE,
        /** For a file or a pipe: whole lines only. */
        PLAIN,
        /** Only the last line. */
        QUIET,
        /** For programs: every event as its line of {@code events.jsonl}, then the last line. */
        EVENTS;

        /** {@link #LIVE} on a terminal that can draw over a line, otherwise {@link #PLAIN}. */
        public static Style ofThisTerminal() {
            String terminal = System.getenv("TERM");
            boolean capable = terminal != null && !terminal.equals("dumb");
            return capable && onTerminal() ? LIVE : PLAIN;
        }

        // until Java 21 there is a console on a terminal only; since Java 22 there always is one, and it tells
        @SuppressWarnings("SystemConsoleNull")
        private static boolean onTerminal() {
            Console console = System.console();
            if (console == null) {
                return false;
            }
            try {
                return (boolean) Console.class.getMethod("isTerminal").invoke(console);
            } catch (ReflectiveOperationException e) {
                return true;
            }
        }
    }

    private static final String INDENT = "    ";
    private static final int BAR = 10;
    /** A line longer than the terminal could not be drawn over. */
    private static final int LIVE_WIDTH = 79;

    private final PrintWriter out;
    private final Style style;
    private final Path runDirectory;
    private final RunRecord record = new RunRecord();
    private Throttle throttle;
    private String verb = "";
    private String task = "";
    private Instant started;
    private boolean lineIsLive;

    /**
     * A view of one run.
     *
     * @param runDirectory as it is to be printed
     */
    public ProgressView(PrintWriter out, Style style, Path runDirectory) {
        this.out = out;
        this.style = style;
        this.runDirectory = runDirectory;
        this.throttle = new Throttle(style);
    }

    /** Takes note of what happened before a resume, so that the closing table can compare with it, and shows nothing. */
    public void replay(List<Event> earlier) {
        earlier.forEach(record::accept);
    }

    @Override
    public void accept(Event event) {
        record.accept(event);
        if (style == Style.EVENTS) {
            out.println(EventJson.write(event));
        }
        if (event instanceof Event.RunFinished end) {
            finish(end);
        } else if (speaks()) {
            show(event);
        }
        out.flush();
    }

    private boolean speaks() {
        return style == Style.LIVE || style == Style.PLAIN;
    }

    private void show(Event event) {
        if (event instanceof Event.RunStarted start) {
            started = start.time();
            String how = start.resumedFrom() == null ? "" : ", continued from " + start.resumedFrom();
            line(start.recipe() + ": run " + start.run() + how);
        } else if (event instanceof Event.StepStarted step) {
            verb = step.verb();
            restart("");
            line("[" + step.index() + "] " + verb + (step.label().isEmpty() ? "" : ": " + step.label()));
        } else if (event instanceof Event.Note note) {
            line(INDENT + note.text());
        } else if (event instanceof Event.TrainProgress progress) {
            progress(progress.time(), progress.step(), progress.steps(), trainLine(progress));
        } else if (event instanceof Event.EvaluationProgress progress) {
            if (!progress.task().equals(task)) {
                restart(progress.task());
            }
            progress(progress.time(), progress.done(), progress.total(), evaluationLine(progress));
        } else if (event instanceof Event.ValidationScored score) {
            line(INDENT + "step " + score.step() + "  validation loss " + decimals(score.loss(), "%.3f"));
        } else if (event instanceof Event.CheckpointWritten checkpoint) {
            line(INDENT + "step " + checkpoint.step() + "  checkpoint " + checkpoint.path());
        } else if (event instanceof Event.TaskScored score) {
            line(INDENT + score.task() + "  " + score.metric() + " "
                    + Cell.ofScore(score.value(), score.stderr()).shown());
        } else if (event instanceof Event.StepFinished step) {
            line(INDENT + "done in " + Formats.seconds(step.seconds()));
        }
    }

    private void restart(String newTask) {
        task = newTask;
        throttle = new Throttle(style);
    }

    private String trainLine(Event.TrainProgress progress) {
        return String.format(
                Locale.ROOT,
                "%s  step %d/%d  loss %s  %s tok/s  %s left",
                verb,
                progress.step(),
                progress.steps(),
                decimals(progress.loss(), "%.3f"),
                decimals(progress.tokensPerSecond(), "%,.0f"),
                clock(progress.secondsLeft()));
    }

    private String evaluationLine(Event.EvaluationProgress progress) {
        return String.format(
                Locale.ROOT,
                "%s  %s %d/%d  %s requests/s  %s left",
                verb,
                progress.task(),
                progress.done(),
                progress.total(),
                decimals(progress.perSecond(), "%,.1f"),
                clock(progress.secondsLeft()));
    }

    private static String decimals(Double value, String format) {
        return value == null ? "-" : String.format(Locale.ROOT, format, value);
    }

    private static String clock(Double seconds) {
        return seconds == null ? "-" : Formats.clock(seconds);
    }

    private void progress(Instant time, long done, long total, String text) {
        if (!throttle.lets(time, done, total)) {
            return;
        }
        if (style == Style.PLAIN) {
            line(INDENT + text);
            return;
        }
        int filled = total == 0 ? BAR : (int) (BAR * done / total);
        String drawn = text + "  [" + "#".repeat(filled) + ".".repeat(BAR - filled) + "]";
        out.print("\r" + drawn.substring(0, Math.min(drawn.length(), LIVE_WIDTH)) + "\u001b[K");
        lineIsLive = true;
    }

    private void line(String text) {
        clearLiveLine();
        out.println(text);
    }

    private void clearLiveLine() {
        if (lineIsLive) {
            out.print("\r\u001b[K");
            lineIsLive = false;
        }
    }

    private void finish(Event.RunFinished end) {
        clearLiveLine();
        if (speaks()) {
            out.println();
            ClosingReport.lines(record).forEach(out::println);
            String took = started == null
                    ? ""
                    : " after "
                            + Formats.seconds(
                                    Duration.between(started, end.time()).toMillis() / 1000.0);
            String next =
                    end.state() == RunState.COMPLETED ? "" : "; continue it with: statecraft resume " + runDirectory;
            out.println(end.state() + took + next);
        }
        out.println(runDirectory);
    }

    /**
     * Decides which progress events become visible. In a log: the first, the first of each tenth, and one whenever the last is
     * {@link #PATIENCE} ago, so that which lines appear depends on the clock only in long steps. On a terminal: ten a second.
     */
    private static final class Throttle {
        private static final Duration PATIENCE = Duration.ofSeconds(30);
        private static final Duration FRAME = Duration.ofMillis(100);
        private static final int TENTHS = 10;

        private final Duration pause;
        private Instant last;
        private long tenth;

        Throttle(Style style) {
            this.pause = style == Style.LIVE ? FRAME : PATIENCE;
        }

        boolean lets(Instant time, long done, long total) {
            long reached = total == 0 ? TENTHS : TENTHS * done / total;
            if (last != null && reached <= tenth && time.isBefore(last.plus(pause))) {
                return false;
            }
            last = time;
            tenth = reached;
            return true;
        }
    }
}
