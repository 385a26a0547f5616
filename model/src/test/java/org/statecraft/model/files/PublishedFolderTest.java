package org.statecraft.model.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.InputException;
import org.statecraft.model.files.ManifestException.Kind;

final class PublishedFolderTest {
    /** More than any system hands out, so no process has it. */
    private static final String DEAD_PROCESS = "99999999999";

    @TempDir
    private Path parent;

    private Path target;

    @BeforeEach
    void name() {
        target = parent.resolve("000150");
    }

    private void publish() {
        PublishedFolder.publish(target, folder -> {
            Files.writeString(folder.resolve("b.txt"), "abc");
            Files.createDirectories(folder.resolve("sub/empty"));
            Files.writeString(folder.resolve("sub/a.txt"), "");
        });
    }

    private List<Path> children() throws IOException {
        try (Stream<Path> children = Files.list(parent)) {
            return children.toList();
        }
    }

    private Kind failure() {
        assertFalse(PublishedFolder.isValid(target));
        ManifestException failure = assertThrows(ManifestException.class, () -> PublishedFolder.verify(target));
        assertTrue(failure.getMessage().contains(target.toAbsolutePath().toString()), failure.getMessage());
        return failure.kind();
    }

    private void edit(String key, Object value) throws IOException {
        Path manifest = target.resolve("MANIFEST.json");
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = (ObjectNode) json.readTree(manifest.toFile());
        root.set(key, json.valueToTree(value));
        json.writeValue(manifest.toFile(), root);
    }

    @Test
    void manifestListsEveryFileSorted() throws IOException {
        publish();
        assertEquals(
                """
                {
                  "format": 1,
                  "files": {
                    "b.txt": {
                      "size": 3,
                      "sha256": "%s"
                    },
                    "sub/a.txt": {
                      "size": 0,
                      "sha256": "%s"
                    }
                  }
                }
                """
                        .formatted(Hashes.sha256("abc"), Hashes.sha256("")),
                Files.readString(target.resolve("MANIFEST.json")));
        PublishedFolder.verify(target);
        assertTrue(PublishedFolder.isValid(target));
        assertEquals(List.of(target), children());
    }

    @Test
    void nothingStandsUnderTheNameWhileTheFolderIsFilled() {
        PublishedFolder.publish(target, folder -> {
            assertTrue(Files.notExists(target));
            assertTrue(Files.isHidden(folder));
            assertTrue(Files.notExists(folder.resolve("MANIFEST.json")));
        });
        assertTrue(PublishedFolder.isValid(target));
    }

    @Test
    void failingFillLeavesNothing() throws IOException {
        assertThrows(
                InputException.class,
                () -> PublishedFolder.publish(target, folder -> {
                    Files.writeString(folder.resolve("half"), "hal");
                    throw new IOException("No space left on device");
                }));
        assertThrows(
                IllegalStateException.class,
                () -> PublishedFolder.publish(target, folder -> {
                    Files.createDirectories(folder.resolve("a/b"));
                    throw new IllegalStateException();
                }));
        assertEquals(List.of(), children());
    }

    @Test
    void existingTargetIsNotTouched() throws IOException {
        Files.createDirectory(target);
        InputException failure = assertThrows(InputException.class, this::publish);
        assertTrue(failure.getMessage().contains("it exists already"), failure.getMessage());
        assertEquals(List.of(target), children());
        assertEquals(Kind.MISSING, failure());
    }

    @Test
    void parentThatIsAFileIsNamed() throws IOException {
        Path file = Files.createFile(parent.resolve("file"));
        InputException failure =
                assertThrows(InputException.class, () -> PublishedFolder.publish(file.resolve("runs/x"), folder -> {}));
        assertTrue(
                failure.getMessage().contains("a file stands where a folder is needed: " + file.toAbsolutePath()),
                failure.getMessage());
    }

    @Test
    void removedFolderIsGoneWithEverythingInIt() throws IOException {
        publish();
        PublishedFolder.remove(target);
        assertEquals(List.of(), children());
        PublishedFolder.remove(target);
        assertEquals(List.of(), children());
    }

    @Test
    void changedFileIsCorrupt() throws IOException {
        publish();
        Files.writeString(target.resolve("b.txt"), "abd");
        assertEquals(Kind.CORRUPT, failure());
    }

    @Test
    void everyTruncationIsDetected() throws IOException {
        for (String name : List.of("b.txt", "MANIFEST.json")) {
            publish();
            Path file = target.resolve(name);
            for (long size = Files.size(file) - 1; size >= 0; size--) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(size);
                }
                // without its final line feed a manifest still says all that it has to say
                if (!(name.equals("MANIFEST.json") && Files.readString(file).endsWith("\n}"))) {
                    assertEquals(Kind.CORRUPT, failure(), name + " cut to " + size);
                }
            }
            Temporary.delete(target);
        }
    }

    @Test
    void missingFileOrManifestIsReported() throws IOException {
        assertEquals(Kind.MISSING, failure());
        publish();
        Files.delete(target.resolve("sub/a.txt"));
        assertEquals(Kind.MISSING, failure());
        Files.delete(target.resolve("MANIFEST.json"));
        assertEquals(Kind.MISSING, failure());
    }

    @Test
    void otherFormatsAreNotGuessedAt() throws IOException {
        publish();
        edit("format", 2);
        assertEquals(Kind.TOO_NEW, failure());
        edit("format", 0);
        assertEquals(Kind.TOO_OLD, failure());
        Files.writeString(target.resolve("MANIFEST.json"), "{\"format\": 1, \"files\": {}} x");
        assertEquals(Kind.CORRUPT, failure());
        edit("format", "1");
        assertEquals(Kind.CORRUPT, failure());
    }

    @Test
    void manifestCannotPointOutside() throws IOException {
        publish();
        for (String path : List.of("../x", "/etc/hostname", "sub/../b.txt", "", "C:b.txt", "..\\x")) {
            edit("files", Map.of(path, new Manifest.Entry(3, Hashes.sha256("abc"))));
            assertEquals(Kind.CORRUPT, failure(), path);
        }
    }

    @Test
    void fileAddedLaterDoesNoHarm() throws IOException {
        publish();
        Files.writeString(target.resolve("README.md"), "mine");
        assertTrue(PublishedFolder.isValid(target));
    }

    @Test
    void onlyPlainFilesArePublished() {
        assertThrows(
                IllegalStateException.class,
                () -> PublishedFolder.publish(
                        target, folder -> Files.createSymbolicLink(folder.resolve("link"), parent)));
        assertThrows(
                IllegalStateException.class,
                () -> PublishedFolder.publish(target, folder -> Files.createFile(folder.resolve("MANIFEST.json"))));
    }

    @Test
    void leftoversOfDeadProcessesAreRemovedAndNothingElse() throws IOException {
        Path dead = Files.createDirectories(parent.resolve(".000150." + DEAD_PROCESS + "-0123abcd.tmp"));
        Files.writeString(Files.createDirectory(dead.resolve("sub")).resolve("x"), "half");
        Path deadFile = Files.createFile(parent.resolve(".summary.json." + DEAD_PROCESS + "-0123abcd.tmp"));
        long pid = ProcessHandle.current().pid();
        Path reusedId = Files.createDirectory(parent.resolve(".a." + pid + "-00000000.tmp"));
        Path foreign = Files.createFile(parent.resolve(".vimrc.tmp"));
        long living = ProcessHandle.current().parent().orElseThrow().pid();
        Path inProgressElsewhere = Files.createDirectory(parent.resolve(".b." + living + "-00000000.tmp"));
        PublishedFolder.publish(
                target,
                folder -> assertEquals(
                        List.of(dead, reusedId, deadFile).stream().sorted().toList(),
                        PublishedFolder.removeLeftovers(parent)));
        assertEquals(
                List.of(inProgressElsewhere, foreign, target),
                children().stream().sorted().toList());
        assertEquals(List.of(), PublishedFolder.removeLeftovers(parent.resolve("none")));
    }
}
