package org.statecraft.model.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.InputException;

final class AtomicFilesTest {
    @TempDir
    private Path folder;

    private record Point(int x, Double y) {}

    private List<Path> children() throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList();
        }
    }

    @Test
    void contentAppearsUnderItsNameAndNothingElse() throws IOException {
        Path target = folder.resolve("note.txt");
        AtomicFiles.writeString(target, "größer\n");
        assertEquals("größer\n", Files.readString(target));
        assertEquals(List.of(target), children());
    }

    @Test
    void oldContentStandsUntilTheNewOneIsComplete() throws IOException {
        Path target = folder.resolve("note.txt");
        AtomicFiles.writeString(target, "old");
        AtomicFiles.write(target, temporary -> {
            Files.writeString(temporary, "new");
            assertEquals("old", Files.readString(target));
            assertEquals(folder.toAbsolutePath(), temporary.getParent());
            assertTrue(temporary.getFileName().toString().matches("\\.note\\.txt\\..+\\.tmp"), temporary.toString());
        });
        assertEquals("new", Files.readString(target));
    }

    @Test
    void failureLeavesTheTargetAndNoTemporary() throws IOException {
        Path target = folder.resolve("note.txt");
        AtomicFiles.writeString(target, "old");
        IllegalStateException cause = new IllegalStateException("half way");
        assertSame(
                cause,
                assertThrows(
                        IllegalStateException.class,
                        () -> AtomicFiles.write(target, temporary -> {
                            Files.writeString(temporary, "ne");
                            throw cause;
                        })));
        assertEquals("old", Files.readString(target));
        assertEquals(List.of(target), children());
    }

    @Test
    void missingFoldersAreCreated() {
        Path target = folder.resolve("a/b/c.txt");
        AtomicFiles.writeString(target, "");
        assertTrue(Files.exists(target));
    }

    @Test
    void jsonKeepsTheOrderOfKeysAndIsStable() throws IOException {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("z", List.of(1, 2.5));
        value.put("a", new Point(3, null));
        value.put("ü", Map.of());
        Path target = folder.resolve("value.json");
        AtomicFiles.writeJson(target, value);
        assertEquals(
                """
                {
                  "z": [
                    1,
                    2.5
                  ],
                  "a": {
                    "x": 3,
                    "y": null
                  },
                  "ü": { }
                }
                """,
                Files.readString(target));
    }

    @Test
    void valueThatIsNoJsonIsACallersMistake() {
        Path target = folder.resolve("value.json");
        Object self = new Object[1];
        ((Object[]) self)[0] = self;
        assertThrows(IllegalArgumentException.class, () -> AtomicFiles.writeJson(target, self));
        assertTrue(Files.notExists(target));
    }

    @Test
    void fileInPlaceOfAFolderIsNamed() throws IOException {
        Path obstacle = Files.createFile(folder.resolve("file"));
        for (String below : List.of("x.txt", "y/x.txt")) {
            InputException failure =
                    assertThrows(InputException.class, () -> AtomicFiles.writeString(obstacle.resolve(below), "text"));
            assertTrue(
                    failure.getMessage()
                            .contains("a file stands where a folder is needed: " + obstacle.toAbsolutePath() + "."),
                    failure.getMessage());
        }
    }

    @Test
    void folderInPlaceOfAFileIsReported() throws IOException {
        Path target = Files.createDirectory(folder.resolve("folder"));
        InputException failure = assertThrows(InputException.class, () -> AtomicFiles.writeString(target, "text"));
        assertTrue(failure.getMessage().contains("a folder stands where a file is needed"), failure.getMessage());
        assertEquals(List.of(target), children());
    }

    @Test
    void fullDiskIsReported() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "a device that is always full");
        Path target = folder.resolve("note.txt");
        InputException failure = assertThrows(
                InputException.class, () -> AtomicFiles.write(target, temporary -> Files.writeString(full, "text")));
        assertTrue(
                failure.getMessage().startsWith("Cannot write " + target.toAbsolutePath() + ": "),
                failure.getMessage());
        assertTrue(failure.getMessage().contains("No space left on device. Free some space"), failure.getMessage());
        assertEquals(List.of(), children());
    }
}
