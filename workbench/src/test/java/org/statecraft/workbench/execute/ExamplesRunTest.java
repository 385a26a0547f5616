package org.statecraft.workbench.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.testing.Program;
import org.statecraft.workbench.testing.Workplace;

/** A recipe trains on examples of a file, or says what is wrong with them and trains nothing. */
class ExamplesRunTest {
    @TempDir
    private Path folder;

    private Workplace place;

    @BeforeEach
    void setUp() throws IOException {
        place = new Workplace(folder);
        StringBuilder lines = new StringBuilder("sentence\tlabel\n");
        for (int i = 0; i < 12; i++) {
            lines.append("\"the ")
                    .append("old ".repeat(i % 4))
                    .append("house\"\t")
                    .append(i % 2)
                    .append('\n');
        }
        Files.writeString(folder.resolve("train.tsv"), lines + "no label here\nhouse\tmaybe\n");
        Files.writeString(
                place.recipe(),
                """
                name: tiny
                model: models/books-4m
                seed: 7
                threads: 1
                steps:
                  - tune:
                      method: {type: state-offset, form: low-rank, rank: 2}
                      data:
                        examples:
                          file: train.tsv
                          format: tsv-unquoted
                          prompt: "{sentence}###"
                          answer: "{label}"
                          answers: {0: "no", 1: "yes"}
                          order: bucketed
                          split: {type: three-way}
                          problems: skip
                      optimizer: {learning-rate: 1e-2, steps: 5, batch: 2}
                      evaluate-every: 5
                """);
    }

    @Test
    void examplesAreTrainedAndWhatWasLeftOutIsSaid() throws IOException, InterruptedException {
        Program.Ended ended = place.startRun().await();

        assertEquals(0, ended.exitCode(), ended::toString);
        assertTrue(ended.out().contains("2 records cannot be used and were left out:"), ended::toString);
        assertTrue(ended.out().contains("wrong number of columns, 1 record: "), ended::toString);
        assertTrue(ended.out().contains("label not in the set, 1 record: "), ended::toString);
        assertTrue(ended.out().contains("validation loss"), ended::toString);
        RunDirectory run = place.onlyRun();
        JsonNode environment = new ObjectMapper()
                .readTree(run.path().resolve("environment.json").toFile());
        assertTrue(environment.path("inputs").toString().contains("\"train.tsv\""), environment::toString);
    }

    @Test
    void nothingIsTrainedOnWrongDataUnlessItIsAllowed() throws IOException, InterruptedException {
        Program.Ended ended = place.startRun("--set", "steps[0].tune.data.examples.problems=fail")
                .await();

        assertEquals(1, ended.exitCode(), ended::toString);
        assertTrue(ended.toString().contains("2 records cannot be used:"), ended::toString);
        assertTrue(ended.toString().contains("train.tsv:14 has 1, expected 2 (sentence, label)"), ended::toString);
        assertTrue(ended.toString().contains("train.tsv:15 has 'maybe', expected 0, 1"), ended::toString);
        assertTrue(!ended.toString().contains("step 1/5"), ended::toString);
    }
}
