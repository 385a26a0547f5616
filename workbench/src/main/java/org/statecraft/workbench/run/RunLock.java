package org.statecraft.workbench.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.statecraft.model.InputException;
import org.statecraft.model.files.IoFailures;

/**
 * The right of one process to write into a run directory: a lock of the operating system on its file {@code .lock}. It ends
 * with the process, however that dies, so no stale lock ever has to be removed.
 */
public final class RunLock implements AutoCloseable {
    private static final String NAME = ".lock";

    /**
     * Locks of this process. POSIX drops a process's lock when <em>any</em> of its descriptors of the file is closed, so a run
     * that this process holds must not even be looked at through a second channel.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private RunLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    static RunLock take(RunDirectory run) {
        try {
            Path file = lockFile(run);
            if (!HELD.add(file)) {
                throw busy(run, "this process");
            }
            FileChannel channel = null;
            boolean taken = false;
            try {
                channel = FileChannel.open(
                        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                if (channel.tryLock() == null) {
                    throw busy(
                            run,
                            "process "
                                    + Files.readString(file, StandardCharsets.UTF_8)
                                            .strip());
                }
                channel.truncate(0);
                channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
                taken = true;
                return new RunLock(file, channel);
            } finally {
                if (!taken) {
                    HELD.remove(file);
                    if (channel != null) {
                        channel.close();
                    }
                }
            }
        } catch (IOException e) {
            throw IoFailures.writing(run.path().resolve(NAME), e);
        }
    }

    static boolean isTaken(RunDirectory run) {
        try {
            Path file = lockFile(run);
            if (HELD.contains(file)) {
                return true;
            }
            if (!Files.exists(file)) {
                return false;
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                    FileLock lock = channel.tryLock()) {
                return lock == null;
            }
        } catch (IOException e) {
            throw IoFailures.reading(run.path().resolve(NAME), e);
        }
    }

    private static Path lockFile(RunDirectory run) throws IOException {
        return run.path().toRealPath().resolve(NAME);
    }

    private static InputException busy(RunDirectory run, String who) {
        return new InputException(
                run + ": " + who + " is working on this run; wait until it has ended, or stop it first");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw IoFailures.writing(file, e);
        } finally {
            HELD.remove(file);
        }
    }
}
