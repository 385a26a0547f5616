package org.statecraft.model.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.InputException;

/** Digests of the examples in FIPS 180-2, appendix B. */
final class HashesTest {
    @TempDir
    private Path folder;

    @Test
    void textHasItsPublishedDigest() {
        assertEquals("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Hashes.sha256("abc"));
    }

    @Test
    void fileOfAMillionBytesHasItsPublishedDigest() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "a".repeat(1_000_000));
        assertEquals("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", Hashes.sha256(file));
    }

    @Test
    void absentFileIsReported() {
        assertThrows(InputException.class, () -> Hashes.sha256(folder.resolve("none")));
    }
}
