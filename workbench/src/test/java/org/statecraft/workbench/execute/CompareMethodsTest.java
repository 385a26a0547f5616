package org.statecraft.workbench.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.testing.Program;
import org.statecraft.workbench.testing.Workplace;

/** A comparison of methods, whole and killed in between. */
class CompareMethodsTest {
    private static final String RECIPE =
            """
            name: contest
            model: models/books-4m
            seed: 7
            threads: 1
            steps:
              - compare-methods:
                  reference: offset
                  data: {text: train.txt, length: 16, validation: held-out.txt}
                  test: test.txt
                  optimizer: {learning-rate: 1e-2, steps: 4, batch: 2}
                  sweep-steps: 2
                  seeds: [1, 2]
                  methods:
                    - name: offset
                      method: {type: state-offset, form: low-rank, rank: 2}
                      learning-rates: [1e-3, 1e-2]
                    - name: fitted
                      method: {type: state-offset, form: low-rank, rank: 1}
                      learning-rates: [1e-2]
                      fit: rank
                    - name: output
                      method: {type: state-offset, form: output}
                      learning-rates: [1e-2]
            """;

    @TempDir
    private Path folder;

    @Test
    void killedComparisonGoesOnAndEndsWithTheSameScores() throws IOException, InterruptedException {
        RunDirectory whole = place("whole").run("--quiet");
        Map<String, JsonNode> expected = trials(whole);
        assertEquals(10, expected.size(), expected.keySet().toString());

        Workplace killed = place("killed");
        Program program = killed.startRun("--quiet");
        while (killedTrials(killed).size() < 3 && program.isAlive()) {
            Thread.sleep(20);
        }
        program.kill();
        RunDirectory run = killed.onlyRun();
        Map<String, FileTime> before = killedTrials(killed);
        Program.Ended resumed = killed.start("resume", run.id()).await();
        assertEquals(0, resumed.exitCode(), resumed.toString());
        Map<String, FileTime> after = killedTrials(killed);
        before.forEach((file, time) -> assertEquals(time, after.get(file), file + " was done once"));
        trials(run).forEach((file, trial) -> {
            assertEquals(expected.get(file).path("testNats"), trial.path("testNats"), file);
            assertEquals(expected.get(file).path("validation"), trial.path("validation"), file);
        });
    }

    @Test
    void tableSaysWhatIsComparable() throws IOException, InterruptedException {
        RunDirectory run = place("table").run("--quiet");
        JsonNode sections = new ObjectMapper()
                .readTree(artifacts(run).resolve("comparison.json").toFile())
                .path("sections");
        JsonNode equal = sections.path("equal-budget");
        assertEquals(2, equal.size(), sections.toString());
        assertEquals(
                equal.get(0).path("trainable_parameters"),
                equal.get(1).path("trainable_parameters"),
                "fitted to rank 2");
        assertEquals(
                "output", sections.path("other-budget").get(0).path("method").asText());
        JsonNode fitted = expectMethod(equal, "fitted");
        assertEquals(0, fitted.path("difference").asDouble(), 1e-9, "the same method at the same size and seeds");
        assertEquals("not resolved", fitted.path("verdict").asText());
        assertNotEquals("", Files.readString(artifacts(run).resolve("comparison.md")));
        String chart = Files.readString(artifacts(run).resolve("comparison.svg"));
        assertTrue(chart.startsWith("<svg") && chart.contains(">fitted<") && chart.contains(">output<"), chart);
    }

    private static JsonNode expectMethod(JsonNode rows, String name) {
        for (JsonNode row : rows) {
            if (row.path("method").asText().equals(name)) {
                return row;
            }
        }
        throw new AssertionError("no method " + name + " in " + rows);
    }

    private Workplace place(String name) throws IOException {
        Workplace place = new Workplace(folder.resolve(name));
        Files.writeString(place.recipe(), RECIPE);
        String held = Files.readString(place.folder().resolve("held-out.txt"));
        Files.writeString(place.folder().resolve("test.txt"), held.substring(held.length() / 2));
        return place;
    }

    private static Path artifacts(RunDirectory run) {
        return run.artifacts().resolve("00-compare-methods");
    }

    private static Map<String, JsonNode> trials(RunDirectory run) throws IOException {
        Map<String, JsonNode> trials = new TreeMap<>();
        for (Path file : files(artifacts(run).resolve("trials"))) {
            trials.put(name(file), new ObjectMapper().readTree(file.toFile()));
        }
        return trials;
    }

    private static Map<String, FileTime> killedTrials(Workplace place) throws IOException {
        Map<String, FileTime> times = new TreeMap<>();
        for (RunDirectory run : RunDirectory.list(place.runs())) {
            for (Path file : files(artifacts(run).resolve("trials"))) {
                times.put(name(file), Files.getLastModifiedTime(file));
            }
        }
        return times;
    }

    private static String name(Path file) {
        return file.getParent().getFileName() + "/" + file.getFileName();
    }

    private static List<Path> files(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }
}
