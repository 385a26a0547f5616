package org.statecraft.model.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.statecraft.model.files.ManifestException.Kind;

/**
 * {@code MANIFEST.json}: {@code {"format": 1, "files": {"<path>": {"size": <bytes>, "sha256": "<hex>"}}}} with relative paths,
 * separated by slashes and sorted.
 */
record Manifest(int format, Map<String, Entry> files) {
    static final String NAME = "MANIFEST.json";
    private static final int FORMAT = 1;
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    record Entry(long size, String sha256) {}

    /** Lists every file below {@code folder}. */
    static Manifest of(Path folder) throws IOException {
        Map<String, Entry> files = new TreeMap<>();
        for (Path file : filesIn(folder)) {
            String name = folder.relativize(file).toString().replace('\\', '/');
            files.put(name, new Entry(Files.size(file), Hashes.sha256(file)));
        }
        if (files.containsKey(NAME)) {
            throw new IllegalStateException(NAME + " is written by publish and by nobody else");
        }
        return new Manifest(FORMAT, files);
    }

    /** Plain files only: a link would be published, but what it points to would not. */
    private static List<Path> filesIn(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> files = all.filter(p -> !Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS))
                    .toList();
            for (Path file : files) {
                if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    throw new IllegalStateException("not a plain file: " + file);
                }
            }
            return files;
        }
    }

    /** Reads the manifest of a folder; whether the files agree with it is {@link #check}'s business. */
    static Manifest read(Path folder) {
        Path file = folder.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            throw new ManifestException(
                    Kind.MISSING,
                    file.toAbsolutePath() + " is missing: the folder was never published, or was copied in part. "
                            + "Use another one or make it again.");
        }
        try {
            JsonNode root = JSON.readTree(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
            checkFormat(file, root.path("format"));
            return new Manifest(FORMAT, entries(file, root.path("files")));
        } catch (JsonProcessingException e) {
            throw corrupt(file, "it is not JSON (" + e.getOriginalMessage() + ")");
        } catch (IOException e) {
            throw IoFailures.reading(file, e);
        }
    }

    private static void checkFormat(Path file, JsonNode format) {
        if (!format.isInt()) {
            throw corrupt(file, "it has no whole number under \"format\"");
        }
        String found =
                file.toAbsolutePath() + " has format " + format.intValue() + ", this version reads " + FORMAT + ". ";
        if (format.intValue() > FORMAT) {
            throw new ManifestException(Kind.TOO_NEW, found + "Update Statecraft.");
        }
        if (format.intValue() < FORMAT) {
            throw new ManifestException(Kind.TOO_OLD, found + "Make the folder again with this version.");
        }
    }

    private static Map<String, Entry> entries(Path file, JsonNode files) {
        if (!files.isObject()) {
            throw corrupt(file, "it has no map under \"files\"");
        }
        Map<String, Entry> entries = new TreeMap<>();
        for (Map.Entry<String, JsonNode> field : files.properties()) {
            JsonNode size = field.getValue().path("size");
            JsonNode sha256 = field.getValue().path("sha256");
            if (!isInside(field.getKey()) || !size.isIntegralNumber() || !sha256.isTextual()) {
                throw corrupt(file, "its entry \"" + field.getKey() + "\" is not a relative path with size and sha256");
            }
            entries.put(field.getKey(), new Entry(size.longValue(), sha256.textValue()));
        }
        return entries;
    }

    /** A damaged or forged manifest must not make us read elsewhere. */
    private static boolean isInside(String name) {
        return Stream.of(name.split("/", -1)).noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."))
                && name.chars().noneMatch(c -> c < ' ' || c == '\\' || c == ':');
    }

    /** Compares every listed file with its size, then with its hash. */
    void check(Path folder) {
        files.forEach((name, expected) -> {
            Path file = folder.resolve(name);
            if (!Files.isRegularFile(file)) {
                throw new ManifestException(
                        Kind.MISSING,
                        file.toAbsolutePath() + " is missing, but " + NAME
                                + " lists it. Use another folder or make it again.");
            }
            long size = size(file);
            if (size != expected.size()) {
                throw corrupt(file, "it has " + size + " bytes, " + NAME + " says " + expected.size());
            }
            String sha256 = Hashes.sha256(file);
            if (!sha256.equals(expected.sha256())) {
                throw corrupt(file, "its SHA-256 is " + sha256 + ", " + NAME + " says " + expected.sha256());
            }
        });
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw IoFailures.reading(file, e);
        }
    }

    private static ManifestException corrupt(Path file, String what) {
        return new ManifestException(
                Kind.CORRUPT,
                file.toAbsolutePath() + " is damaged: " + what
                        + ". Use another folder, copy it again or make it again.");
    }
}
