package org.statecraft.workbench.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in {@code recipes/protocols}, with stand-ins for the data, which do not ship. */
class ProtocolRecipesTest {
    private static final Path PROTOCOLS = Path.of(System.getProperty("statecraft.home"), "recipes", "protocols");
    private static final Pattern DATA =
            Pattern.compile("(?:file|data|validation): ((?:glue|dart|samsum|spider)/[^\\s}]+)");

    @TempDir
    private Path data;

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @BeforeEach
    void putStandIns() throws IOException {
        for (Path folder : List.of(PROTOCOLS, PROTOCOLS.resolve("tasks"))) {
            for (Path yaml : files(folder)) {
                Matcher named = DATA.matcher(Files.readString(yaml));
                while (named.find()) {
                    Path file = data.resolve(named.group(1));
                    Files.createDirectories(file.getParent());
                    Files.writeString(file, "nothing");
                }
            }
        }
        Files.writeString(data.resolve("spider").resolve("tables.json"), "[]");
    }

    @Test
    void everyProtocolIsWithoutAMistakeUnderEachOfItsPresets() throws IOException {
        assertEquals(10, files(PROTOCOLS).size());
        for (Path recipe : files(PROTOCOLS)) {
            assertEquals(
                    List.of(), RecipeReader.problems(recipe, ReadOptions.none().withDataRoot(data)), recipe::toString);
            RecipeOutline outline = RecipeReader.outline(recipe);
            assertEquals(recipe.getFileName().toString(), outline.name() + ".yaml");
            assertTrue(outline.presets().containsAll(List.of("smoke", "original-split")), recipe::toString);
        }
    }

    /** A model is asked what it was trained to answer, in the same bytes. */
    @Test
    void whatIsTrainedIsWhatIsAsked() throws IOException {
        for (Path file : files(PROTOCOLS)) {
            ResolvedRecipe recipe = RecipeReader.read(file, ReadOptions.none().withDataRoot(data))
                    .get(0);
            TuneStep tune = (TuneStep) recipe.recipe().steps().get(1);
            EvaluateStep after = (EvaluateStep) recipe.recipe().steps().get(2);
            ExamplesSpec examples = tune.data().examples();
            for (String name : after.tasks()) {
                TaskSpec task = recipe.task(name).spec();
                assertEquals(examples.prefix(), task.prefix(), name);
                assertEquals(examples.prompt(), task.prompt(), name);
                assertEquals(examples.answers(), task.answers(), name);
                assertEquals(examples.columns(), task.columns(), name);
                assertEquals(examples.format(), task.docFormat().records(), name);
                assertEquals(task.outputType() == TaskSpec.OutputType.GENERATE_UNTIL, examples.endOfText(), name);
                String answer = name.equals("dart") ? "{references}" : examples.answer();
                assertEquals(answer, task.answer(), name);
            }
        }
    }

    /** methods/state-offset-tuning.md, 3.1: what can be checked byte for byte. */
    @Test
    void theTemplatesAreThoseOfTheReference() throws IOException {
        TaskSpec spider = task("spider");
        assertEquals("Create a sql request for the following question and schema:\n###", spider.prefix());
        assertEquals("Question: {question}\\Schema: {schema}\n###", spider.prompt());
        TaskSpec dart = task("dart");
        assertEquals("Generate text for the following RDF triples:\n", dart.prefix());
        assertEquals("{triples}###", dart.prompt());
        assertEquals("{dialogue}###", task("samsum").prompt());
        for (String pair : List.of("rte", "mrpc", "qnli", "qqp", "mnli")) {
            assertTrue(task(pair).prompt().matches(".*Respond with '0' if .*'1' if .*: \\{\\w+}###\\{\\w+}###"), pair);
        }
        for (String single : List.of("cola", "sst2")) {
            assertTrue(task(single).prompt().matches(".*Respond with '0' if .* or '1' if .*: \\{sentence}###"), single);
        }
    }

    private TaskSpec task(String name) {
        return RecipeReader.read(
                        PROTOCOLS.resolve(name + ".yaml"), ReadOptions.none().withDataRoot(data))
                .get(0)
                .task(name)
                .spec();
    }
}
