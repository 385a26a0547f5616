package org.statecraft.model.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.InputException;

final class IoFailuresTest {
    @TempDir
    private Path folder;

    private String message(IOException failure) {
        Path path = folder.resolve("x");
        InputException told = IoFailures.writing(path, failure);
        assertSame(failure, told.getCause());
        return told.getMessage().replace(path.toAbsolutePath().toString(), "PATH");
    }

    @Test
    void causesAreSaidInWordsWithARemedy() {
        assertEquals(
                "Cannot write PATH: permission denied. Check the owner and the permissions of the path and its folder.",
                message(new AccessDeniedException("x")));
        assertEquals(
                "Cannot write PATH: no such file or folder. Check the path.", message(new NoSuchFileException("x")));
        assertEquals(
                "Cannot write PATH: Read-only file system. Choose a folder that can be written.",
                message(new FileSystemException("x", null, "Read-only file system")));
        assertEquals(
                "Cannot write PATH: Disk quota exceeded. Free some space on that disk or choose a folder on another one.",
                message(new IOException("Disk quota exceeded")));
    }

    @Test
    void unknownCauseIsPassedOn() {
        assertEquals(
                "Cannot write PATH: Input/output error. Check the disk and the path, then try again.",
                message(new IOException("Input/output error")));
        assertEquals(
                "Cannot write PATH: IOException. Check the disk and the path, then try again.",
                message(new IOException()));
    }
}
