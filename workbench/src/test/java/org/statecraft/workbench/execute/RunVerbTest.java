package org.statecraft.workbench.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.workbench.recipe.ReadOptions;
import org.statecraft.workbench.recipe.RecipeReader;
import org.statecraft.workbench.run.EnvironmentReport;
import org.statecraft.workbench.run.Event;
import org.statecraft.workbench.run.EventLog;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.RunState;
import org.statecraft.workbench.run.Summary;
import org.statecraft.workbench.testing.Program;
import org.statecraft.workbench.testing.RunContent;
import org.statecraft.workbench.testing.Workplace;

/** A recipe with two variants is run, and then everything is done with the two runs that a user would do. */
class RunVerbTest {
    private static final String VARIANTS =
            """
            variants:
              - name: narrow
                set: {"steps[1].tune.method.rank": 1}
              - name: wide
                set: {"steps[1].tune.method.rank": 3}
            """;

    @TempDir
    private static Path folder;

    private static Workplace place;
    private static Program.Ended made;
    private static RunDirectory narrow;
    private static RunDirectory wide;

    @BeforeAll
    static void runBothVariants() throws IOException, InterruptedException {
        place = new Workplace(folder);
        Files.writeString(place.recipe(), Files.readString(place.recipe()) + VARIANTS);
        made = place.startRun("--kernel", "reference", "--device", "cpu").await();
        assertEquals(new Program.Ended(0, made.out(), ""), made);
        narrow = RunDirectory.open(place.runs(), onlyRunNamed("tiny-narrow"));
        wide = RunDirectory.open(place.runs(), onlyRunNamed("tiny-wide"));
    }

    private static String onlyRunNamed(String name) {
        List<String> ids = RunDirectory.list(place.runs()).stream()
                .map(RunDirectory::id)
                .filter(id -> id.contains(name))
                .toList();
        assertEquals(1, ids.size(), () -> "runs of " + name);
        return ids.get(0);
    }

    @Test
    void theLastLineIsTheRunDirectory() {
        assertEquals(Path.of("runs", wide.id()).toString(), made.lastLine());
        assertTrue(made.out().lines().toList().contains("runs/" + narrow.id()), made.out());
    }

    @Test
    void theRunDirectoryHoldsEverythingThatTheDesignNames() throws IOException {
        assertEquals(
                Set.of(
                        "recipe.yaml",
                        "resolved.yaml",
                        "origin.json",
                        "environment.json",
                        "events.jsonl",
                        "summary.json",
                        "checkpoints/01-tune/000009/MANIFEST.json",
                        "checkpoints/01-tune/000009/adapter.safetensors",
                        "checkpoints/01-tune/000009/optimizer.safetensors",
                        "checkpoints/01-tune/000009/trainer.json",
                        "checkpoints/01-tune/000012/MANIFEST.json",
                        "checkpoints/01-tune/000012/adapter.safetensors",
                        "checkpoints/01-tune/000012/optimizer.safetensors",
                        "checkpoints/01-tune/000012/trainer.json",
                        "artifacts/01-adapter/MANIFEST.json",
                        "artifacts/01-adapter/adapter_config.json",
                        "artifacts/01-adapter/adapter_model.safetensors",
                        "artifacts/01-adapter/recipe.yaml",
                        "results/00-evaluate.json",
                        "results/00-evaluate/samples_verse.jsonl",
                        "results/02-evaluate.json",
                        "results/02-evaluate/samples_verse.jsonl"),
                visibleFiles(narrow.path()));
        assertEquals(List.of(), RunContent.halfWritten(narrow.path()));
        assertEquals(Files.readString(place.recipe()), Files.readString(narrow.recipe()));
        assertEquals(
                Files.readString(narrow.resolvedRecipe()),
                Files.readString(narrow.artifacts().resolve("01-adapter/recipe.yaml")));
    }

    private static Set<String> visibleFiles(Path run) throws IOException {
        try (Stream<Path> all = Files.walk(run)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> run.relativize(file).toString())
                    .filter(name -> !name.startsWith("."))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void theSummarySaysWhatTheEventsAndTheResultsSay() throws IOException {
        Summary summary = Summary.read(narrow);

        assertEquals(RunState.COMPLETED, summary.state());
        assertEquals("tiny-narrow", summary.name());
        assertEquals(
                List.of("evaluate", "tune", "evaluate", "generate"),
                summary.steps().stream().map(Summary.Step::verb).toList());
        assertEquals(
                List.of("before", "after"),
                summary.evaluations().stream().map(Summary.Evaluation::label).toList());
        for (Summary.Evaluation evaluation : summary.evaluations()) {
            JsonNode results = new ObjectMapper()
                    .readTree(narrow.evaluation(evaluation.step()).toFile());
            assertEquals(
                    results.at("/results/verse/bits_per_byte,none").doubleValue(),
                    evaluation.tasks().get("verse").get("bits_per_byte").value());
            assertEquals(
                    summary.recipeHash(), results.at("/statecraft/recipeHash").asText());
        }
        assertEquals(
                12,
                EventLog.read(narrow.events()).stream()
                        .filter(Event.TrainProgress.class::isInstance)
                        .count());
        EnvironmentReport environment = EnvironmentReport.read(narrow);
        assertEquals(1, environment.engine().threads());
        assertTrue(environment.inputs().containsKey("models/books-4m/model.safetensors"));
        assertTrue(environment.inputs().containsKey("train.txt"));
    }

    @Test
    void tuningOnATextLowersItsBitsPerByteOnTheRest() {
        List<Summary.Evaluation> evaluations = Summary.read(wide).evaluations();

        double before =
                evaluations.get(0).tasks().get("verse").get("bits_per_byte").value();
        double after =
                evaluations.get(1).tasks().get("verse").get("bits_per_byte").value();

        assertTrue(after < before, before + " before, " + after + " after");
    }

    @Test
    void deviceAndKernelOfTheCommandLineAreTheRecipesOwn() throws IOException {
        List<String> resolved = Files.readAllLines(wide.resolvedRecipe());
        assertTrue(resolved.containsAll(List.of("kernel: reference", "device: cpu")), resolved.toString());
        assertEquals("reference", Summary.read(wide).kernel());
        JsonNode evaluation = new ObjectMapper().readTree(wide.evaluation(0).toFile());
        assertEquals("reference", evaluation.at("/statecraft/kernel").asText());
    }

    @Test
    void theVariantsDifferAsTheirRecipesSay() throws IOException {
        ReadOptions asRun = ReadOptions.ofMachine().withSets(List.of("device=cpu", "kernel=reference"));
        assertEquals(
                RecipeReader.read(place.recipe(), asRun).stream()
                        .map(resolved -> resolved.recipeHash())
                        .toList(),
                Stream.of(narrow, wide)
                        .map(run -> Summary.read(run).recipeHash())
                        .toList());
        assertNotEquals(RunContent.of(narrow).adapter(1), RunContent.of(wide).adapter(1));
        long trained = Summary.read(narrow).steps().get(1).trainableParameters();
        assertEquals(3 * trained, Summary.read(wide).steps().get(1).trainableParameters());
    }

    @Test
    void compareShowsWhereRecipesDifferAndThenTheScores() throws InterruptedException {
        Program.Ended ended = place.start("compare", narrow.id(), wide.id()).await();

        assertEquals(new Program.Ended(0, ended.out(), ""), ended);
        int recipes = ended.out().indexOf("rank");
        int scores = ended.out().indexOf("bits_per_byte");
        assertTrue(recipes >= 0 && recipes < scores, ended.out());
        double after = Summary.read(wide)
                .evaluations()
                .get(1)
                .tasks()
                .get("verse")
                .get("bits_per_byte")
                .value();
        assertTrue(ended.out().contains(String.format("%.4f", after)), ended.out());
    }

    @Test
    void aRunCanBeRepeatedFromItsOwnFolder() throws IOException, InterruptedException {
        Program.Ended ended = place.start("run", "--quiet", "--runs", "again", "runs/" + narrow.id() + "/resolved.yaml")
                .await();

        assertEquals(new Program.Ended(0, ended.out(), ""), ended);
        RunDirectory again = RunDirectory.open(
                folder.resolve("again"), folder.resolve(ended.lastLine()).toString());
        assertEquals(List.of(), RunContent.of(narrow).differences(RunContent.of(again)));
    }

    @Test
    void validateFindsNoMistakeInTheFolderOfARun() throws InterruptedException {
        Program.Ended ended = place.start("validate", "--quiet", "runs/" + narrow.id() + "/resolved.yaml")
                .await();

        assertEquals(new Program.Ended(0, "", ""), ended);
    }

    @Test
    void aCompletedRunIsNotResumed() throws IOException, InterruptedException {
        String log = Files.readString(wide.events());

        Program.Ended ended = place.start("resume", wide.id()).await();

        assertEquals(0, ended.exitCode(), ended::toString);
        assertEquals(Path.of("runs", wide.id()).toString(), ended.lastLine());
        assertEquals(log, Files.readString(wide.events()));
    }

    @Test
    void theArtifactContinuesATextAsTheRunDid() throws InterruptedException {
        Event.Generated written = EventLog.read(wide.events()).stream()
                .filter(Event.Generated.class::isInstance)
                .map(Event.Generated.class::cast)
                .findFirst()
                .orElseThrow();
        String model = Workplace.HOME.resolve("recipes/models/books-4m").toString();
        String adapter = wide.artifacts().resolve("01-adapter").toString();

        Program.Ended ended = place.start(
                        "generate",
                        "--model",
                        model,
                        "--adapter",
                        adapter,
                        "--seed",
                        "7",
                        "--temperature",
                        "0.8",
                        "--max-tokens",
                        "8",
                        written.prompt())
                .await();

        assertEquals(new Program.Ended(0, written.prompt() + written.text() + System.lineSeparator(), ""), ended);
    }

    @Test
    void theArtifactCanBeInspected() throws InterruptedException {
        String adapter = wide.artifacts().resolve("01-adapter").toString();

        Program.Ended ended = place.start("inspect", adapter).await();

        assertEquals(new Program.Ended(0, ended.out(), ""), ended);
        long trained = Summary.read(wide).steps().get(1).trainableParameters();
        assertTrue(ended.out().contains(String.format("%,d", trained)), ended.out());
        assertTrue(ended.out().contains("STATE_OFFSET"), ended.out());
    }
}
