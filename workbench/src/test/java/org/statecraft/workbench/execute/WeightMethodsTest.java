package org.statecraft.workbench.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.files.Hashes;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.peft.files.AdapterFiles;
import org.statecraft.peft.stateoffset.StateOffset;
import org.statecraft.peft.stateoffset.StateOffsetConfig;
import org.statecraft.workbench.run.Event;
import org.statecraft.workbench.run.EventLog;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.Summary;
import org.statecraft.workbench.testing.Program;
import org.statecraft.workbench.testing.RunContent;
import org.statecraft.workbench.testing.Workplace;

/** Two phases of a training, then a merge: whole, and killed in each phase. */
class WeightMethodsTest {
    private static final String RECIPE =
            """
            name: sparse
            model: models/books-4m
            seed: 7
            threads: 1
            steps:
              - tune:
                  method:
                    type: together
                    methods:
                      - {type: sparse, warmup-steps: 6, channels: 0.25, states: 0.1}
                      - {type: bitfit, layers: 0-3}
                  data: {text: train.txt, length: 16}
                  optimizer: {learning-rate: 1e-2, steps: 6, batch: 2}
                  checkpoint-every: 2
              - evaluate: {tasks: [verse], max-length: 64}
              - merge: {}
              - evaluate: {tasks: [verse], max-length: 64}
            """;

    private static final Path MODEL = Workplace.HOME.resolve("recipes/models/books-4m");

    @TempDir
    private Path folder;

    private Workplace place(String name) throws IOException {
        Workplace place = new Workplace(folder.resolve(name));
        Files.writeString(place.recipe(), RECIPE);
        return place;
    }

    @Test
    void killedInEachPhaseItEndsWithTheSameBytesAndTheMergedModelScoresTheSame()
            throws IOException, InterruptedException {
        RunDirectory whole = place("whole").run("--quiet");
        assertMerged(whole);

        Workplace killed = place("killed");
        kill(killed.startRun("--quiet"), () -> updates(killed) >= 4);
        RunDirectory run = killed.onlyRun();
        assertTrue(Files.isDirectory(run.checkpoints().resolve("00-warm-up")));
        assertFalse(Files.isDirectory(run.checkpoints().resolve("00-tune")), "killed in the first phase");
        Path second = run.checkpoints().resolve("00-tune/000002");
        kill(killed.start("resume", "--quiet", run.id()), () -> Files.isDirectory(second));
        assertTrue(Files.isDirectory(second), "killed in the second phase");
        assertFalse(Files.exists(run.summary()), "and not at the end");
        Program.Ended resumed = killed.start("resume", "--quiet", run.id()).await();

        assertEquals(0, resumed.exitCode(), resumed::toString);
        assertEquals(List.of(), RunContent.of(whole).differences(RunContent.of(run)));

        mergedByTheVerb(whole);
    }

    private static void kill(Program program, BooleanSupplier moment) throws InterruptedException {
        while (program.isAlive() && !moment.getAsBoolean()) {
            Thread.sleep(5);
        }
        program.kill();
    }

    private static long updates(Workplace place) {
        return RunDirectory.list(place.runs()).stream()
                .filter(run -> Files.exists(run.events()))
                .flatMap(run -> EventLog.read(run.events()).stream())
                .filter(Event.TrainProgress.class::isInstance)
                .count();
    }

    private static void assertMerged(RunDirectory run) {
        assertTrue(PublishedFolder.isValid(run.artifacts().resolve("02-model")));
        List<Summary.Evaluation> scores = Summary.read(run).evaluations();
        assertEquals(
                List.of("after tune", "after merge"),
                scores.stream().map(Summary.Evaluation::label).toList());
        assertEquals(bits(scores.get(0)), bits(scores.get(1)), 1e-4);
    }

    private static double bits(Summary.Evaluation evaluation) {
        return evaluation.tasks().get("verse").get("bits_per_byte").value();
    }

    /** The verb writes what the step wrote, and says why a state offset cannot be merged. */
    private void mergedByTheVerb(RunDirectory run) throws IOException, InterruptedException {
        Workplace place = place("verb");
        String adapter = run.artifacts().resolve("00-adapter").toString();
        Program.Ended merged = place.start("merge", adapter, "--model", MODEL.toString(), "-o", "merged", "--quiet")
                .await();
        assertEquals(new Program.Ended(0, "merged\n", ""), merged);
        assertEquals(
                Hashes.sha256(run.artifacts().resolve("02-model/model.safetensors")),
                Hashes.sha256(place.folder().resolve("merged/model.safetensors")));

        Path offset = place.folder().resolve("offset");
        try (LanguageModel model = LanguageModel.load(MODEL, Device.cpu())) {
            StateOffsetConfig config = StateOffsetConfig.of(StateOffsetConfig.Form.OUTPUT);
            AdapterFiles.save(StateOffset.create(model, config, 1), "books-4m", offset);
        }
        Program.Ended refused = place.start("merge", offset.toString(), "--model", MODEL.toString(), "--out", "refused")
                .await();
        assertEquals(1, refused.exitCode(), refused::toString);
        assertTrue(refused.err().contains("type STATE_OFFSET cannot be merged: its offset is read out"), refused::err);
        assertFalse(Files.exists(place.folder().resolve("refused")));
    }
}
