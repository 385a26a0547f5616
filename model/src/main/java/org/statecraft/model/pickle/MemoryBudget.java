package org.statecraft.model.pickle;

import java.nio.file.Path;
import org.statecraft.model.pickle.PickleException.Kind;

/**
 * What reading a file may allocate in all: the size of the file and {@link #CONSTANT}. Two bytes of a pickle can ask for an
 * object of a hundred, so everything that a file can ask for repeatedly is charged before it is made, at more than it costs.
 */
final class MemoryBudget {
    /** Enough for the names and shapes of several thousand tensors, however small these are. */
    static final long CONSTANT = 8L << 20;

    private final Path file;
    private final long limit;
    private long left;

    MemoryBudget(Path file, long fileSize) {
        this.file = file;
        this.limit = fileSize + CONSTANT;
        this.left = limit;
    }

    void charge(long bytes) {
        left -= bytes;
        if (left < 0) {
            throw PickleException.of(
                    Kind.MEMORY,
                    file,
                    "entries and instructions that need more than " + limit + " bytes of memory",
                    "less than the size of the file and " + CONSTANT + " bytes");
        }
    }
}
