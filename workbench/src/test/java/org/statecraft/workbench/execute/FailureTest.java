package org.statecraft.workbench.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.Devices;
import org.statecraft.model.Tokenizer;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.RunLock;
import org.statecraft.workbench.run.RunState;
import org.statecraft.workbench.run.Summary;
import org.statecraft.workbench.testing.Program;
import org.statecraft.workbench.testing.RunContent;
import org.statecraft.workbench.testing.Workplace;

/** What can go wrong ends in one clear message, the right exit code, and no half-written file under its final name. */
class FailureTest {
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final Path BASH = Path.of("/bin/bash");
    private static final Path MODEL = Workplace.HOME.resolve("recipes/models/books-4m");

    @TempDir
    private Path folder;

    private Workplace place;

    /** The native libraries are unpacked once for each machine, which a limit on the size of files must not meet. */
    @BeforeAll
    static void unpackNativeLibraries() {
        Devices.useThreads(1);
        Tokenizer.load(MODEL).close();
    }

    @BeforeEach
    void setUp() throws IOException {
        place = new Workplace(folder);
    }

    // What is wrong with the recipe or the command line: nothing is started.

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--set model=models/books-5m | --set model=models/books-5m:1:7: model: no such folder 'models/books-5m'",
                "--set sede=1                | sede: unknown key",
                "--set seed                  | seed",
                "--set seed=early            | seed: found 'early'",
                "--set steps[9].tune=1       | steps[9]",
                "--preset smok               | --preset smok: no such preset"
            })
    void aMistakeInWhatIsAskedForStartsNothing(String arguments, String message)
            throws IOException, InterruptedException {
        Program.Ended ended = place.startRun(arguments.split(" ", -1)).await();

        assertNothingWasStarted(ended);
        assertTrue(ended.err().contains(message), ended.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"steps: [}", "", "- just\n- a list\n", "\u0000"})
    void aMalformedRecipeStartsNothing(String text) throws IOException, InterruptedException {
        Files.writeString(place.recipe(), text);

        Program.Ended ended = place.startRun().await();

        assertNothingWasStarted(ended);
        assertTrue(ended.err().contains("recipe.yaml"), ended.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nowhere.yaml", "tasks"})
    void aRecipeThatCannotBeReadStartsNothing(String name) throws IOException, InterruptedException {
        Program.Ended ended = place.start("run", name).await();

        assertNothingWasStarted(ended);
        assertTrue(ended.err().contains(name), ended.err());
    }

    private void assertNothingWasStarted(Program.Ended ended) {
        List<String> lines = ended.err().lines().toList();
        assertEquals(USAGE, ended.exitCode(), ended::toString);
        assertEquals("", ended.out());
        assertEquals(2, lines.size(), ended::toString);
        assertEquals("1 problem. Nothing was started.", lines.get(1));
        assertFalse(Files.exists(place.runs()), "no run directory is made for a recipe with mistakes");
    }

    // What is wrong with the files that the recipe names: the run fails.

    @Test
    void aTruncatedModelFileIsNamed() throws IOException, InterruptedException {
        Path model = copyOfTheModel();
        try (FileChannel file = FileChannel.open(model.resolve("model.safetensors"), StandardOpenOption.WRITE)) {
            file.truncate(file.size() / 2);
        }

        String message = failure("--set", "model=model");

        assertTrue(message.contains(model.resolve("model.safetensors").toString()), message);
    }

    @Test
    void aTokenizerOfAnotherModelIsRefused() throws IOException, InterruptedException {
        Path model = copyOfTheModel();
        Path foreign = Path.of(System.getProperty("statecraft.fixtures"), "tokenizers/20B_tokenizer.json");
        Files.delete(model.resolve("tokenizer.json"));
        Files.copy(foreign, model.resolve("tokenizer.json"));

        String message = failure("--set", "model=model");

        assertTrue(message.contains("tokenizer"), message);
        assertTrue(message.contains("4096"), message);
    }

    private Path copyOfTheModel() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        for (String name : List.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
            Files.copy(MODEL.resolve(name), model.resolve(name));
        }
        return model;
    }

    /** A template that does not fit the data is found before the training that stands before its evaluation. */
    @Test
    void aTaskThatDoesNotFitItsDataFailsBeforeAnythingIsTrained() throws IOException, InterruptedException {
        Path task = place.recipe().resolveSibling("tasks/verse.yaml");
        Files.writeString(task, Files.readString(task).replace("{{text}}", "{{txet}}"));

        String message = failure();

        assertTrue(message.contains("task verse, document 0"), message);
        assertTrue(message.contains("txet"), message);
        try (Stream<Path> runs = Files.list(place.runs())) {
            Path checkpoints =
                    runs.filter(Files::isDirectory).findFirst().orElseThrow().resolve("checkpoints");
            assertFalse(Files.exists(checkpoints), "nothing was trained");
        }
    }

    @Test
    void aTextShorterThanOneWindowIsMeasured() throws IOException, InterruptedException {
        Files.writeString(folder.resolve("train.txt"), "the same words again and again");

        String message = failure();

        assertTrue(message.contains("train.txt has 6 tokens, but one window of length 16 needs 17"), message);
        assertTrue(message.contains("use a longer text"), message);
    }

    @Test
    void aTextShorterThanOneUpdateIsMeasured() throws IOException, InterruptedException {
        String message = failure("--set", "steps[1].tune.optimizer.batch=1000");

        assertTrue(
                message.matches(".*train.txt .*windows of 16 tokens\\) holds \\d+ examples.* takes 1000 .*"), message);
        assertTrue(message.contains("use more text"), message);
    }

    // What is wrong with the place that the run is written to.

    @Test
    void aFileInPlaceOfTheFolderOfRunsIsNamed() throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("occupied"), "a file");

        Program.Ended ended =
                place.startRun("--runs", file.resolve("runs").toString()).await();

        assertTrue(oneMessage(ended).contains("a file stands where a folder is needed: " + file), ended::toString);
        assertEquals("", ended.out());
        assertEquals("a file", Files.readString(file));
    }

    @ParameterizedTest
    @CsvSource({
        "0, recipe.yaml",
        "1, environment.json",
        "4, results/00-evaluate/samples_verse.jsonl",
        "30, checkpoints/01-tune/000003"
    })
    void aFullDiskIsReportedAndLeavesNothingHalfWritten(int kibibytes, String file)
            throws IOException, InterruptedException {
        Program.Ended ended = runWithFilesUpTo(kibibytes);

        String message = oneMessage(ended);
        assertTrue(message.startsWith("Cannot write " + place.runs()), message);
        assertTrue(message.contains("/" + file + ": File too large"), message);
        if (Files.exists(place.runs())) {
            assertEquals(List.of(), RunContent.temporaries(place.runs()));
        }
        for (RunDirectory run : RunDirectory.list(place.runs())) {
            assertEquals(Path.of("runs", run.id()).toString(), ended.lastLine());
            assertEquals(List.of(), RunContent.halfWritten(run.path()));
            assertEquals(RunState.FAILED, run.state());
        }
    }

    @Test
    void aDiskThatIsTooFullForTheEventsIsReportedOnceAndTheRunGoesOnLater() throws IOException, InterruptedException {
        String[] talkative = {"--set", "steps[0].evaluate.batch=1", "--set", "steps[0].evaluate.max-length=4"};

        Program.Ended ended = runWithFilesUpTo(4, talkative);

        RunDirectory run = place.onlyRun();
        String message = oneMessage(ended);
        assertTrue(message.startsWith("Cannot write " + run.events() + ": File too large"), message);
        assertEquals(Path.of("runs", run.id()).toString(), ended.lastLine());
        assertEquals(RunState.LOST, run.state());

        Program.Ended resumed = place.start("resume", "--quiet", run.id()).await();

        assertEquals(new Program.Ended(0, resumed.out(), ""), resumed);
        RunContent undisturbed = RunContent.of(place.run(talkative));
        assertEquals(List.of(), undisturbed.differences(RunContent.of(run)));
    }

    private Program.Ended runWithFilesUpTo(int kibibytes, String... more) throws InterruptedException {
        assumeTrue(Files.isExecutable(BASH), "bash sets the limit");
        // the positional arguments of bash are passed on as they are, nothing is quoted or parsed
        List<String> command =
                new ArrayList<>(List.of(BASH.toString(), "-c", "ulimit -f " + kibibytes + " && exec \"$@\"", "bash"));
        command.addAll(Program.command());
        command.addAll(List.of("run", "--quiet", "recipe.yaml"));
        command.addAll(List.of(more));
        return Program.start(folder, command).await();
    }

    // What is wrong with the run to be resumed.

    @Test
    void aRunThatIsNotThereCannotBeResumed() throws InterruptedException {
        Program.Ended ended = place.start("resume", "7f3a").await();

        assertTrue(oneMessage(ended).contains("no run '7f3a'"), ended::toString);
        assertEquals("", ended.out());
    }

    @Test
    void aRunThatAnotherProcessWorksOnIsLeftAlone() throws IOException, InterruptedException {
        RunDirectory run = place.run("--preset", "short");
        RunLock held = run.lock();
        try (held) {
            Files.delete(run.summary());
            Program.Ended ended = place.start("resume", run.id()).await();

            String holder = "process " + ProcessHandle.current().pid() + " is working on this run";
            assertTrue(oneMessage(ended).contains(holder), ended::toString);
            assertEquals("", ended.out());
        }
    }

    /** Makes a run that starts and fails, and returns what it says on standard error. */
    private String failure(String... arguments) throws IOException, InterruptedException {
        Program.Ended ended = place.startRun(arguments).await();

        String message = oneMessage(ended);
        RunDirectory run = place.onlyRun();
        assertEquals(Path.of("runs", run.id()).toString(), ended.lastLine());
        assertEquals(RunState.FAILED, run.state());
        assertEquals(message, Summary.read(run).failure());
        assertEquals(List.of(), RunContent.halfWritten(run.path()));
        assertEquals(List.of(), RunContent.temporaries(run.path()));
        return message;
    }

    private static String oneMessage(Program.Ended ended) {
        assertEquals(FAILED, ended.exitCode(), ended::toString);
        assertEquals(1, ended.err().lines().count(), ended::toString);
        return ended.err().strip();
    }
}
