package org.statecraft.workbench.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.files.Hashes;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.testing.Program;
import org.statecraft.workbench.testing.RunContent;
import org.statecraft.workbench.testing.Workplace;

/** Tune steps with a teacher. */
class DistillTest {
    private static final Path MODEL = Workplace.HOME.resolve("recipes/models/books-4m");
    private static final String DISTILL = "steps[1].tune.distill=";

    @TempDir
    private Path folder;

    @Test
    void theTeacherDecidesTheAdapterAndIsAmongTheInputs() throws IOException, InterruptedException {
        Workplace place = new Workplace(folder);
        Path teacher = Files.createDirectory(folder.resolve("teacher"));
        copy(teacher, "config.json", "model.safetensors", "tokenizer.json");

        RunDirectory own = place.run("--preset", "short", "--set", DISTILL + "{}");
        RunDirectory same = place.run("--preset", "short", "--set", DISTILL + "{teacher: teacher}");
        RunDirectory plain = place.run("--preset", "short");

        String adapter = RunContent.of(same).adapter(1);
        assertEquals(RunContent.of(own).adapter(1), adapter, "the model before the step is that of the folder");
        assertNotEquals(RunContent.of(plain).adapter(1), adapter);
        JsonNode environment = new ObjectMapper()
                .readTree(same.path().resolve("environment.json").toFile());
        assertEquals(
                Hashes.sha256(MODEL.resolve("model.safetensors")),
                environment.path("inputs").path("teacher/model.safetensors").asText());
        String resolved = Files.readString(same.resolvedRecipe());
        assertTrue(resolved.contains("weight: 0.5"), resolved);
        assertTrue(resolved.contains("temperature: 2"), resolved);
    }

    @Test
    void aTeacherWithAnotherTokenizerIsRefused() throws IOException, InterruptedException {
        Workplace place = new Workplace(folder);
        Path teacher = Files.createDirectory(folder.resolve("teacher"));
        copy(teacher, "config.json", "model.safetensors");
        Files.writeString(
                teacher.resolve("tokenizer.json"),
                """
                {"model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "king": 1}}}
                """);

        Program.Ended ended = place.startRun("--preset", "short", "--set", DISTILL + "{teacher: teacher}")
                .await();

        assertEquals(1, ended.exitCode(), ended::toString);
        String all = ended.out() + ended.err();
        assertTrue(all.contains("expected the same ids for all tokens"), all);
    }

    private static void copy(Path target, String... names) throws IOException {
        for (String name : names) {
            Files.copy(MODEL.resolve(name), target.resolve(name));
        }
    }
}
