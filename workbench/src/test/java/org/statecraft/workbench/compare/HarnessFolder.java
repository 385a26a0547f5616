package org.statecraft.workbench.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.model.files.JsonFiles;
import org.statecraft.model.testing.Fixtures;

/** A folder as lm-evaluation-harness leaves it, made of a fixture or by hand. */
final class HarnessFolder {
    static final String TIME = "2026-11-22T11-05-47.887803";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;

    HarnessFolder(Path folder) {
        this.folder = folder;
    }

    /** The fixture: 13 tasks with 60 documents each; of lambada_openai the samples are there. */
    static Path zeroshot() {
        return Fixtures.dir("eval", "harness", "zeroshot");
    }

    static List<String> lambadaSamples() {
        Path file = zeroshot().resolve("samples_lambada_openai_" + TIME + ".jsonl.gz");
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            return lines.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same sample with something changed. */
    static String changed(String sample, Consumer<ObjectNode> change) {
        try {
            ObjectNode node = (ObjectNode) JSON.readTree(sample);
            change.accept(node);
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A copy of the fixture. */
    HarnessFolder ofZeroshot() {
        try (Stream<Path> files = Files.list(zeroshot())) {
            Files.createDirectories(folder);
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    HarnessFolder samples(String task, List<String> lines) {
        AtomicFiles.writeString(
                folder.resolve("samples_" + task + "_" + TIME + ".jsonl"), String.join("\n", lines) + "\n");
        return this;
    }

    HarnessFolder results(String json) {
        AtomicFiles.writeString(results(), json);
        return this;
    }

    HarnessFolder changedResults(Consumer<ObjectNode> change) {
        ObjectNode root = (ObjectNode) JsonFiles.read(results());
        change.accept(root);
        AtomicFiles.writeJson(results(), root);
        return this;
    }

    Path results() {
        return folder.resolve("results_" + TIME + ".json");
    }

    Path path() {
        return folder;
    }
}
