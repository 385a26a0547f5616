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
import org.statecraft.eval.tasks.DocField;
import org.statecraft.eval.tasks.TaskConfig;

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
        Files.writeString(data.resolve("spider").resolve("tables.json.gz"), "[]");
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
                TaskConfig task = recipe.task(name).config();
                assertEquals(examples.prefix(), task.prefix(), name);
                String asked = examples.prefix() + examples.prompt();
                assertEquals(fieldsOpened(asked), fieldsOpened(text(task.docToText())), name);
                List<String> labels =
                        examples.answers().values().stream().distinct().toList();
                assertEquals(labels.isEmpty(), examples.endOfText(), name);
                if (!labels.isEmpty()) {
                    assertEquals(labels, task.docToChoice().json(), name);
                    assertEquals(1, task.generation().maxTokens(), name);
                }
            }
        }
    }

    /** The text around the fields: their names and braces differ between records and rows of the hub. */
    private static String fieldsOpened(String template) {
        return template.replaceAll("\\{+[^}]*}+", "{}");
    }

    private static String text(DocField field) {
        return (String) field.json();
    }

    /** methods/state-offset-tuning.md, 3.1: what can be checked byte for byte. */
    @Test
    void theTemplatesAreThoseOfTheReference() throws IOException {
        String spider = "Create a sql request for the following question and schema:\n###";
        assertEquals(spider, task("spider").prefix());
        assertEquals(
                spider + "Question: {{question}}\\Schema: {{schema}}\n###",
                text(task("spider").docToText()));
        String dart = "Generate text for the following RDF triples:\n";
        assertEquals(dart, task("dart").prefix());
        assertEquals(dart + "{{triples}}###", text(task("dart").docToText()));
        assertEquals("{{dialogue}}###", text(task("samsum").docToText()));
        for (String pair : List.of("rte", "mrpc", "qnli", "qqp", "mnli")) {
            assertTrue(
                    text(task(pair).docToText())
                            .matches(".*Respond with '0' if .*'1' if .*: \\{\\{\\w+}}###\\{\\{\\w+}}###"),
                    pair);
        }
        for (String single : List.of("cola", "sst2")) {
            assertTrue(
                    text(task(single).docToText())
                            .matches(".*Respond with '0' if .* or '1' if .*: \\{\\{sentence}}###"),
                    single);
        }
    }

    private TaskConfig task(String name) {
        return RecipeReader.read(
                        PROTOCOLS.resolve(name + ".yaml"), ReadOptions.none().withDataRoot(data))
                .get(0)
                .task(name)
                .config();
    }
}
