package org.statecraft.model.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.statecraft.model.InputException;

/** Turns I/O failures into one message for a person: the path, the cause in words and what to do next. */
public final class IoFailures {
    private record Reason(String cause, String remedy) {}

    private IoFailures() {}

    /** The failure of an attempt to read {@code path}. */
    public static InputException reading(Path path, IOException failure) {
        return exception("Cannot read ", path, failure);
    }

    /** The failure of an attempt to write {@code path}; names a file that stands where a folder is needed. */
    public static InputException writing(Path path, IOException failure) {
        return exception("Cannot write ", path, failure);
    }

    private static InputException exception(String attempt, Path path, IOException failure) {
        Path absolute = path.toAbsolutePath();
        Reason reason = reason(absolute, failure);
        return new InputException(attempt + absolute + ": " + reason.cause() + ". " + reason.remedy(), failure);
    }

    private static Reason reason(Path path, IOException failure) {
        Path obstacle = fileAbove(path);
        if (obstacle != null) {
            return new Reason(
                    "a file stands where a folder is needed: " + obstacle,
                    "Move that file away or choose another folder.");
        }
        if (failure instanceof NoSuchFileException) {
            return new Reason("no such file or folder", "Check the path.");
        }
        if (failure instanceof FileAlreadyExistsException) {
            return new Reason("it exists already", "Choose another name or move it away.");
        }
        if (failure instanceof AccessDeniedException) {
            return new Reason("permission denied", "Check the owner and the permissions of the path and its folder.");
        }
        return reason(systemMessage(failure));
    }

    /** The operating system's own words; Java has no types for these. */
    private static Reason reason(String words) {
        String known = words.toLowerCase(Locale.ROOT);
        if (known.contains("no space left") || known.contains("disk quota exceeded")) {
            return new Reason(words, "Free some space on that disk or choose a folder on another one.");
        }
        if (known.contains("file too large")) {
            return new Reason(
                    words + " (a limit on the size of a file, see `ulimit -f`)",
                    "Raise the limit or choose a folder on another file system.");
        }
        if (known.contains("read-only file system")) {
            return new Reason(words, "Choose a folder that can be written.");
        }
        if (known.contains("is a directory")) {
            return new Reason("a folder stands where a file is needed", "Name a file, or move the folder away.");
        }
        return new Reason(words, "Check the disk and the path, then try again.");
    }

    private static String systemMessage(IOException failure) {
        String words = failure instanceof FileSystemException system ? system.getReason() : failure.getMessage();
        return words == null ? failure.getClass().getSimpleName() : words;
    }

    private static Path fileAbove(Path path) {
        for (Path folder = path.getParent(); folder != null; folder = folder.getParent()) {
            if (Files.exists(folder)) {
                return Files.isDirectory(folder) ? null : folder;
            }
        }
        return null;
    }
}
