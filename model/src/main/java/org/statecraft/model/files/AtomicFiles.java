package org.statecraft.model.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.core.util.Separators.Spacing;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.statecraft.model.InputException;

/**
 * Writes files and new folders so that a reader, even after a power cut, sees the old content or the new one and nothing
 * between.
 *
 * <p>The content goes to a hidden name in the same folder, is forced to the disk and takes the final name by one rename.
 * After a failure the hidden file or folder is gone and the target is as it was. Missing parent folders are created.
 */
public final class AtomicFiles {
    private static final ObjectWriter JSON = new ObjectMapper().writer(printer());

    private AtomicFiles() {}

    /**
     * Publishes what {@code fill} writes to the temporary path that it is given.
     *
     * @throws InputException when the operating system refuses: disk full, no permission, a file in place of a folder
     */
    public static void write(Path target, IOConsumer<Path> fill) {
        try (Temporary temporary = Temporary.beside(target)) {
            fill.accept(temporary.path());
            Temporary.force(temporary.path());
            temporary.publish();
        } catch (IOException e) {
            throw IoFailures.writing(target, e);
        } catch (UncheckedIOException e) {
            throw IoFailures.writing(target, e.getCause());
        }
    }

    /** Publishes {@code text} as UTF-8, exactly as given. */
    public static void writeString(Path target, String text) {
        write(target, temporary -> Files.writeString(temporary, text));
    }

    /**
     * Publishes {@code value} as JSON: UTF-8, two spaces, line feeds, a final line feed, map keys in their own order, so
     * that equal values give equal bytes on every platform.
     *
     * @throws IllegalArgumentException when Jackson cannot turn the value into JSON
     */
    public static void writeJson(Path target, Object value) {
        try {
            writeString(target, JSON.writeValueAsString(value) + "\n");
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON for " + value.getClass(), e);
        }
    }

    /**
     * Publishes a new folder with what {@code fill} writes into the empty one that it is given.
     *
     * @throws InputException when {@code target} exists or the operating system refuses
     */
    public static void createFolder(Path target, IOConsumer<Path> fill) {
        try (Temporary temporary = Temporary.beside(target)) {
            requireAbsent(target);
            Path folder = Files.createDirectory(temporary.path());
            fill.accept(folder);
            force(folder);
            requireAbsent(target);
            temporary.publish();
        } catch (IOException e) {
            throw IoFailures.writing(target, e);
        } catch (UncheckedIOException e) {
            throw IoFailures.writing(target, e.getCause());
        }
    }

    private static void requireAbsent(Path target) throws FileAlreadyExistsException {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(target.toString());
        }
    }

    private static void force(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.toList()) {
                Temporary.force(path);
            }
        }
    }

    private static DefaultPrettyPrinter printer() {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        return new DefaultPrettyPrinter(Separators.createDefaultInstance().withObjectFieldValueSpacing(Spacing.AFTER))
                .withObjectIndenter(indenter)
                .withArrayIndenter(indenter);
    }
}
