package org.statecraft.workbench.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.statecraft.model.InputException;
import org.statecraft.model.files.IoFailures;

/**
 * The events of a run, appended to {@code events.jsonl} one line each and handed to listeners in the same order.
 *
 * <p>A line counts once its line feed is there. So a writer that was killed in the middle of a line loses that line only:
 * {@link #open} cuts it off before it appends, and {@link #read} passes over it, also while the run is still being written.
 */
public final class EventLog implements AutoCloseable {
    private final Path file;
    private final RandomAccessFile lines;
    private final Clock clock;
    private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();

    private EventLog(Path file, RandomAccessFile lines, Clock clock) {
        this.file = file;
        this.lines = lines;
        this.clock = clock;
    }

    /**
     * Opens the log for appending, making it where it is missing and cutting off a torn last line.
     *
     * @throws InputException if the file cannot be written
     */
    public static EventLog open(Path file, Clock clock) {
        try {
            // not a FileChannel, which an interrupted thread would close before it could say that the run was cancelled
            RandomAccessFile lines = new RandomAccessFile(file.toFile(), "rw");
            long end = endOfLastWholeLine(lines);
            lines.setLength(end);
            lines.seek(end);
            return new EventLog(file, lines, clock);
        } catch (IOException e) {
            throw IoFailures.writing(file, e);
        }
    }

    private static long endOfLastWholeLine(RandomAccessFile lines) throws IOException {
        byte[] block = new byte[8192];
        long end = lines.length();
        while (end > 0) {
            long start = Math.max(0, end - block.length);
            int length = (int) (end - start);
            lines.seek(start);
            lines.readFully(block, 0, length);
            for (int i = length - 1; i >= 0; i--) {
                if (block[i] == '\n') {
                    return start + i + 1;
                }
            }
            end = start;
        }
        return 0;
    }

    /**
     * Reads the events of a run so far. Types that this version does not know are passed over.
     *
     * @throws InputException naming the line, if one before a torn last line is not an event
     */
    public static List<Event> read(Path file) {
        String text;
        try {
            text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw IoFailures.reading(file, e);
        }
        List<Event> events = new ArrayList<>();
        int number = 1;
        for (int start = 0, end; (end = text.indexOf('\n', start)) >= 0; start = end + 1, number++) {
            try {
                EventJson.read(text.substring(start, end)).ifPresent(events::add);
            } catch (JsonProcessingException e) {
                throw new InputException(
                        file + ":" + number + ": not an event (" + e.getOriginalMessage()
                                + "); the file was changed or damaged",
                        e);
            }
        }
        return events;
    }

    /** The time for the next event. */
    public Instant now() {
        return clock.instant();
    }

    /** Hands every event that is appended from now on to the listener, on the thread that appends it. */
    public void addListener(Consumer<Event> listener) {
        listeners.add(listener);
    }

    /**
     * Writes one event through to the operating system, then tells the listeners.
     *
     * @throws InputException if the line cannot be written whole, as on a full disk; the file then ends as before
     */
    public synchronized void append(Event event) {
        byte[] line = (EventJson.write(event) + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            long start = lines.getFilePointer();
            try {
                lines.write(line);
            } catch (IOException e) {
                lines.setLength(start);
                lines.seek(start);
                throw e;
            }
        } catch (IOException e) {
            throw IoFailures.writing(file, e);
        }
        listeners.forEach(listener -> listener.accept(event));
    }

    @Override
    public synchronized void close() {
        try {
            lines.close();
        } catch (IOException e) {
            throw IoFailures.writing(file, e);
        }
    }
}
