package org.statecraft.model.testing;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The golden values that tests read: the folder named by the system property {@code statecraft.fixtures}.
 *
 * <p>An absent folder is a failure and not a skipped test, so that a parity test cannot pass by finding nothing.
 */
public final class Fixtures {
    private static final String PROPERTY = "statecraft.fixtures";
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private Fixtures() {}

    /** The folder at {@code parts} below the fixture root, for example {@code dir("models", "mamba2-tiny-g1")}. */
    public static Path dir(String... parts) {
        String root = System.getProperty(PROPERTY);
        if (root == null) {
            throw new IllegalStateException("The system property " + PROPERTY
                    + " is not set; Maven sets it, an IDE needs -D" + PROPERTY + "=<project>/fixtures");
        }
        Path dir = Path.of(root, parts);
        if (!Files.isDirectory(dir)) {
            throw new IllegalStateException("No fixture folder " + dir.toAbsolutePath() + "; the property " + PROPERTY
                    + " is " + root + " and must name a folder laid out like the project's own fixtures");
        }
        return dir;
    }

    /** Reads a JSON file in which {@code NaN} and {@code Infinity} may stand for numbers, as Python writes them. */
    public static JsonNode json(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
