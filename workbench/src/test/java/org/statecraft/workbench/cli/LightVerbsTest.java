package org.statecraft.workbench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.workbench.recipe.ReadOptions;
import org.statecraft.workbench.recipe.RecipeReader;
import org.statecraft.workbench.testing.Program;
import picocli.CommandLine;

/** {@code ls}, {@code show}, {@code validate} and the help: what they print, how they end, and how little they load. */
class LightVerbsTest {
    private static final Path RECIPES = Path.of(System.getProperty("statecraft.home"), "recipes");
    private static final String QUICKSTART = RECIPES.resolve("quickstart.yaml").toString();

    @TempDir
    private Path folder;

    private record Outcome(int exitCode, String out, String err) {}

    @Test
    void aRecipeWithoutAMistakeValidates() {
        Outcome outcome = run("validate", QUICKSTART);

        assertEquals(new Outcome(0, outcome.out(), ""), outcome);
        assertTrue(outcome.out().contains("Next: statecraft run " + QUICKSTART), outcome::out);
    }

    @Test
    void mistakesArePrintedOneInALineThenCounted() {
        Outcome outcome = run("validate", "--set", "sede=1", "--set", "device=gpu", QUICKSTART);

        List<String> lines = outcome.out().lines().toList();
        assertEquals(2, outcome.exitCode());
        assertEquals(3, lines.size(), outcome::out);
        assertTrue(lines.get(2).startsWith("2 problems in 1 recipe"), outcome::out);
        assertTrue(lines.get(2).contains("statecraft validate"), outcome::out);
    }

    @Test
    void quietLeavesOnlyMistakes() {
        assertEquals("", run("validate", "--quiet", QUICKSTART).out());
        assertEquals(
                1,
                run("validate", "--quiet", "--set", "sede=1", QUICKSTART)
                        .out()
                        .lines()
                        .count());
    }

    @Test
    void mistakesComeAsJsonToo() throws IOException {
        Outcome outcome = run("validate", "--json", "--set", "device=gpu", QUICKSTART);

        JsonNode problem = new ObjectMapper().readTree(outcome.out()).get(0);
        assertEquals("device", problem.get("path").asText());
        assertEquals(1, problem.get("line").asInt());
        assertEquals(2, outcome.exitCode());
    }

    @Test
    void lsNamesEachRecipeAndSurvivesBrokenOnes() throws IOException {
        Files.copy(Path.of(QUICKSTART), folder.resolve("quickstart.yaml"));
        Files.writeString(folder.resolve("broken.yaml"), "steps: [}");

        Outcome outcome = run("ls", folder.toString());

        assertEquals(0, outcome.exitCode());
        assertTrue(outcome.out().contains("evaluate, generate, tune, evaluate, generate"), outcome::out);
        assertTrue(outcome.out().contains("Tunes the bundled Mamba-2"), outcome::out);
        assertTrue(outcome.out().contains("broken.yaml:1:9: not YAML"), outcome::out);
    }

    @Test
    void lsOfAMissingFolderFailsInOneLine() {
        Outcome outcome = run("ls", folder.resolve("nowhere").toString());

        assertEquals(1, outcome.exitCode());
        assertEquals(1, outcome.err().lines().count(), outcome::err);
    }

    @Test
    void showResolvedPrintsTheRecipeWithItsDefaults() {
        ReadOptions options = ReadOptions.none().withSets(List.of("seed=3"));
        String resolved = RecipeReader.read(Path.of(QUICKSTART), options).get(0).toYaml();

        assertEquals(
                resolved,
                run("show", "--resolved", "--set", "seed=3", QUICKSTART).out());
    }

    @Test
    void showTellsTheStepsOfEveryVariant() {
        Outcome outcome =
                run("show", RECIPES.resolve("state-offset-comparison.yaml").toString());

        assertEquals(0, outcome.exitCode(), outcome::err);
        assertTrue(outcome.out().contains("state-offset (form: low-rank, rank: 4)"), outcome::out);
        assertTrue(outcome.out().contains("state-offset-comparison-output"), outcome::out);
    }

    @Test
    void showOfARecipeWithMistakesPrintsThemAllAndStops() {
        Outcome outcome = run("show", "--set", "sede=1", "--set", "device=gpu", QUICKSTART);

        assertEquals(2, outcome.exitCode());
        assertEquals("", outcome.out());
        assertEquals(3, outcome.err().lines().count(), outcome::err);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "frobnicate", "validate", "validate --frobnicate x.yaml", "show a.yaml b.yaml"})
    void badUsageEndsWithTwo(String line) {
        Outcome outcome = run(line.isEmpty() ? new String[0] : line.split(" ", -1));

        assertEquals(2, outcome.exitCode());
        assertFalse(outcome.err().isEmpty());
        assertFalse(outcome.err().contains("\tat "), outcome::err);
    }

    @Test
    void aMisspelledVerbIsNamedWithItsNearestNeighbor() {
        String err = run("vlaidate", "x.yaml").err();

        assertTrue(err.startsWith("Unknown verb 'vlaidate'"), err);
        assertTrue(err.contains("statecraft validate"), err);
    }

    @Test
    void everyHelpEndsWithAnExampleAndTheNextVerb() {
        List<String> verbs =
                new ArrayList<>(Statecraft.commandLine().getSubcommands().keySet());
        assertTrue(verbs.contains("validate"));
        for (String verb : verbs) {
            List<String> lines = run(verb, "--help").out().lines().toList();
            assertTrue(lines.get(lines.size() - 2).startsWith("Example: statecraft "), verb);
            assertTrue(lines.get(lines.size() - 1).startsWith("Next:    statecraft "), verb);
        }
        assertTrue(run("--help").out().stripTrailing().lines().toList().stream().anyMatch(l -> l.startsWith("Next: ")));
        assertEquals(0, run("--help").exitCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "--version",
                "ls RECIPES",
                "validate QUICKSTART",
                "show QUICKSTART",
                "show --resolved QUICKSTART"
            })
    void lightVerbsLoadNoTensorLibrary(String line) throws IOException, InterruptedException {
        List<String> command = Program.command("-Xlog:class+load:file=" + folder.resolve("classes.log"));
        for (String argument : line.split(" ", -1)) {
            command.add(argument.replace("RECIPES", RECIPES.toString()).replace("QUICKSTART", QUICKSTART));
        }

        Program.Ended ended = Program.start(folder, command).await();

        assertEquals(0, ended.exitCode(), ended::toString);
        String classes = Files.readString(folder.resolve("classes.log"));
        assertTrue(classes.contains("org.statecraft.workbench.cli.Statecraft "), "the log lists classes");
        List<String> foreign = classes.lines()
                .filter(l -> l.contains("] ai.djl.") || l.contains("] com.sun.jna."))
                .toList();
        assertEquals(List.of(), foreign);
    }

    private static Outcome run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Statecraft.commandLine(args);
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int exitCode = command.execute(args);
        return new Outcome(exitCode, out.toString(), err.toString());
    }
}
