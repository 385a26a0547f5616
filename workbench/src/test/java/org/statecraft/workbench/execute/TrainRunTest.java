package org.statecraft.workbench.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.Checkpoint;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.workbench.run.Event;
import org.statecraft.workbench.run.EventLog;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.Summary;
import org.statecraft.workbench.testing.Program;
import org.statecraft.workbench.testing.RunContent;
import org.statecraft.workbench.testing.Workplace;

/** A recipe without a model trains one, and its other steps go on with it: whole, and killed. */
class TrainRunTest {
    private static final String PROBE =
            """
            name: fresh
            seed: 7
            threads: 1
            steps:
              - train:
                  model: {type: mamba2, layers: 1, hidden-size: 16, state-size: 8, head-dim: 8}
                  data:
                    probe:
                      type: mqar
                      options: {vocab: 16, filler: zero}
                      slices: [T=8 k=2, T=12 k=3]
                      examples: 24
                      validation: 7
                  optimizer: {learning-rate: 1e-2, steps: 8, batch: 4}
                  evaluate-every: 4
                  checkpoint-every: 2
              - tune:
                  method: {type: lora, targets: [out_proj], rank: 2, alpha: 2}
                  data: {probe: {type: mqar, options: {vocab: 16}, slices: [T=16 k=2], examples: 8}}
                  optimizer: {learning-rate: 1e-2, steps: 6, batch: 2}
                  checkpoint-every: 2
              - generate: {prompt: "1 9 2 8 1", max-tokens: 3}
            """;

    private static final String TEXT =
            """
            name: letters
            threads: 1
            steps:
              - train:
                  model: {type: mamba1, layers: 1, hidden-size: 16, state-size: 4, tied-embeddings: false}
                  tokenizer: models/books-4m
                  data: {text: train.txt, length: 16, validation: held-out.txt}
                  optimizer: {learning-rate: 1e-2, steps: 4, batch: 2}
                  evaluate-every: 2
                  keep: best
              - generate: {prompt: "KING", max-tokens: 3}
            """;

    @TempDir
    private Path folder;

    private Workplace place(String name, String recipe) throws IOException {
        Workplace place = new Workplace(folder.resolve(name));
        Files.writeString(place.recipe(), recipe);
        return place;
    }

    private static void kill(Program program, BooleanSupplier moment) throws InterruptedException {
        while (program.isAlive() && !moment.getAsBoolean()) {
            Thread.sleep(5);
        }
        program.kill();
    }

    private static List<Event> events(RunDirectory run) {
        return EventLog.read(run.events());
    }

    @Test
    void killedInTheTrainingAndBehindItARunEndsWithTheSameBytes() throws IOException, InterruptedException {
        RunDirectory whole = place("whole", PROBE).run("--quiet");
        assertTrained(whole);

        Workplace killed = place("killed", PROBE);
        Program first = killed.startRun("--quiet");
        kill(first, () -> RunDirectory.list(killed.runs()).stream()
                .anyMatch(run -> Files.isDirectory(run.checkpoints().resolve("00-train/000002"))));
        RunDirectory run = killed.onlyRun();
        assertFalse(Files.isDirectory(run.artifacts().resolve("00-model")), "killed in the training");
        kill(
                killed.start("resume", "--quiet", run.id()),
                () -> Files.isDirectory(run.checkpoints().resolve("01-tune/000002")));
        assertFalse(Files.exists(run.summary()), "killed behind the training");
        Program.Ended resumed = killed.start("resume", "--quiet", run.id()).await();

        assertEquals(0, resumed.exitCode(), resumed::toString);
        assertEquals(List.of(), RunContent.of(whole).differences(RunContent.of(run)));
        assertEquals(List.of(), RunContent.halfWritten(run.path()));
    }

    private static void assertTrained(RunDirectory run) throws IOException {
        Path folder = run.artifacts().resolve("00-model");
        assertTrue(PublishedFolder.isValid(folder));
        assertTrue(Files.readString(folder.resolve("recipe.yaml")).startsWith("name: fresh\n"));
        long parameters;
        try (Checkpoint checkpoint = Checkpoint.open(folder);
                Tokenizer tokenizer = Tokenizer.load(folder)) {
            assertTrue(checkpoint.tied());
            assertEquals(17, tokenizer.size());
            assertEquals(16, tokenizer.endOfText());
            parameters = checkpoint.parameterCount();
        }
        assertEquals(List.of(4, 8), validations(run));
        Summary.Step step = Summary.read(run).steps().get(0);
        assertEquals(List.of(parameters, parameters), List.of(step.trainableParameters(), step.totalParameters()));
        JsonNode adapter = new ObjectMapper()
                .readTree(run.artifacts()
                        .resolve("01-adapter/adapter_config.json")
                        .toFile());
        assertEquals(
                "artifacts/00-model", adapter.path("base_model_name_or_path").asText());
        for (String word : text(run).strip().split("\\s+", -1)) {
            assertTrue(Integer.parseInt(word) < 16, () -> word + " is no symbol");
        }
    }

    private static List<Integer> validations(RunDirectory run) {
        return events(run).stream()
                .filter(Event.ValidationScored.class::isInstance)
                .map(event -> ((Event.ValidationScored) event).step())
                .toList();
    }

    private static String text(RunDirectory run) {
        return events(run).stream()
                .filter(Event.Generated.class::isInstance)
                .map(event -> ((Event.Generated) event).text())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aModelOfATextTakesOverItsTokenizer() throws IOException, InterruptedException {
        Workplace place = place("text", TEXT);
        RunDirectory run = place.run("--quiet");

        Path trained = run.artifacts().resolve("00-model");
        try (LanguageModel model = LanguageModel.load(trained, Device.cpu());
                Tokenizer tokenizer = Tokenizer.load(trained);
                Tokenizer books = Tokenizer.load(Workplace.HOME.resolve("recipes/models/books-4m"))) {
            assertEquals("Mamba-1", model.config().architecture());
            assertFalse(model.config().tieWordEmbeddings());
            tokenizer.requireSameTokens(books);
        }
        JsonNode inputs = new ObjectMapper()
                .readTree(run.path().resolve("environment.json").toFile())
                .path("inputs");
        assertTrue(inputs.has("models/books-4m/tokenizer.json"), inputs::toString);
        assertTrue(inputs.has("train.txt"), inputs::toString);
        assertNull(inputs.get("models/books-4m/model.safetensors"), inputs::toString);

        Program.Ended inspected = place.start("inspect", trained.toString()).await();
        assertEquals(0, inspected.exitCode(), inspected::toString);
        assertTrue(inspected.out().contains("Mamba-1"), inspected::out);
    }
}
