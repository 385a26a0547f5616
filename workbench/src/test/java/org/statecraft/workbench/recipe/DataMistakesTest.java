package org.statecraft.workbench.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.statecraft.model.records.RecordFormat;
import org.statecraft.peft.train.TrainingData.Order;

/** The keys of examples: what they bind to, and what can be wrong with them. */
class DataMistakesTest {
    private static final String RECIPE =
            """
            name: test
            model: model
            steps:
              - tune:
                  method: {type: state-offset, form: full}
                  data:
                    examples:
                      file: rte.tsv
                      format: tsv
                      prompt: "{a}###"
                      answer: "{label}"
                  optimizer: {learning-rate: 1e-2, steps: 10}
            """;

    @TempDir
    private Path temporary;

    private RecipeFolder folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = new RecipeFolder(temporary);
        Files.writeString(folder.path("rte.tsv"), "a\tlabel\nx\t0\n");
    }

    private List<Problem> problems(String marked) throws IOException {
        return RecipeReader.problems(folder.write("r.yaml", marked), ReadOptions.none());
    }

    @Test
    void everyKeyIsReadAndSurvivesItsResolvedRecipe() throws IOException {
        String recipe = RECIPE.replace(
                "                      answer: \"{label}\"\n".substring(12),
                """
                          answer: "{label}"
                          answers: {entailment: "0", "not_entailment": "1", 2: "yes"}
                          columns: [a, label]
                          prefix: "Decide: "
                          end-of-text: false
                          max-length: 128
                          problems: skip
                          split: {type: three-way, seed: 5}
                          order: bucketed
                """);
        ResolvedRecipe run = RecipeReader.read(folder.write("r.yaml", recipe), ReadOptions.none())
                .get(0);

        ExamplesSpec examples = ((TuneStep) run.recipe().steps().get(0)).data().examples();

        assertEquals(Map.of("entailment", "0", "not_entailment", "1", "2", "yes"), examples.answers());
        assertEquals(
                List.of("entailment", "not_entailment", "2"),
                List.copyOf(examples.answers().keySet()));
        assertEquals(new SplitSpec.ThreeWay(0.2, 5), examples.split());
        assertEquals(RecordFormat.TSV, examples.format());
        assertEquals(Order.BUCKETED, examples.order());
        Path elsewhere = Files.writeString(temporary.resolve("resolved.yaml"), run.toYaml());
        ReadOptions seen = ReadOptions.none().withFolders(run.folders());
        assertEquals(run.recipe(), RecipeReader.read(elsewhere, seen).get(0).recipe());
        assertEquals(run.toYaml(), RecipeReader.read(elsewhere, seen).get(0).toYaml());
    }

    @Test
    void defaultsSurviveToo() throws IOException {
        ResolvedRecipe run = RecipeReader.read(folder.write("r.yaml", RECIPE), ReadOptions.none())
                .get(0);
        Path elsewhere = Files.writeString(temporary.resolve("resolved.yaml"), run.toYaml());

        assertEquals(
                run.recipe(),
                RecipeReader.read(elsewhere, ReadOptions.none().withFolders(run.folders()))
                        .get(0)
                        .recipe());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`file: rte.tsv` | `file: §ret.tsv` | did you mean 'rte.tsv'",
                "`format: tsv` | `format: §tvs` | did you mean 'tsv'",
                "`format: tsv` | `format: json-lines, columns: §[a]` | columns with format: json-lines",
                "`format: tsv` | `format: spider` | tables.json",
                "`prompt: \"{a}###\"` | `prompt: §\"{a###\"` | has a single '{' at character 1",
                "`answer: \"{label}\"` | `answer: §\"0\"` | an answer without a field",
                "`answer: \"{label}\"` | `answer: \"{label}\", answers: {x: §0}` | in quotes",
                "`answer: \"{label}\"` | `answer: \"{label}\", answers: §[x]` | a mapping of texts",
                "`answer: \"{label}\"` | `answer: \"{label}\", split: {type: §three-ways}` | did you mean 'three-way'",
                "`answer: \"{label}\"` | `answer: \"{label}\", split: {type: two-way-original, validation: §rte.tsv}`"
                        + " | held out",
            })
    void aMistakeIsReportedInItsPlace(String right, String wrong, String message) throws IOException {
        String flow = RECIPE.replace(
                RECIPE.substring(RECIPE.indexOf("examples:"), RECIPE.indexOf("      optimizer")),
                "examples: {file: rte.tsv, format: tsv, prompt: \"{a}###\", answer: \"{label}\"}\n");
        String marked = flow.replace(right, wrong);
        if (!wrong.contains("§")) {
            marked = marked.replace("file: ", "file: §");
        }

        List<Problem> problems = problems(marked);

        assertEquals(folder.places(), problems.stream().map(RecipeFolder::place).toList(), problems::toString);
        assertTrue(problems.get(0).toString().contains(message), problems::toString);
    }

    @Test
    void aTrainingHasATextOrExamples() throws IOException {
        assertMessages(RECIPE.replace("    data:\n", "    data:\n        text: text.txt\n"), "examples beside a text");
        assertMessages(RECIPE.replace("    data:\n", "    data:\n        length: 16\n"), "a length without a text");
        String nothing = RECIPE.substring(0, RECIPE.indexOf("data:")) + "data: {}\n"
                + RECIPE.substring(RECIPE.indexOf("      optimizer"));
        assertMessages(nothing, "data.text: missing key, expected a text with a length, or the key examples");
        assertMessages(nothing.replace("data: {}", "data: {text: text.txt}"), "data.length: missing key");
    }

    @Test
    void validationComesFromASplitOrAFile() throws IOException {
        String best = RECIPE + "      keep: best\n      evaluate-every: 5\n";
        assertMessages(best, "the key data.validation or data.examples.split");
        String split = "          split: {type: three-way}\n";
        String splitBest = best.replace("      optimizer", split + "      optimizer");
        assertMessages(splitBest);
        assertMessages(best.replace("    data:\n", "    data:\n        validation: held-out.txt\n"));
        assertMessages(
                splitBest.replace("    data:\n", "    data:\n        validation: held-out.txt\n"),
                "a validation file beside a split");
    }

    private void assertMessages(String recipe, String... parts) throws IOException {
        List<Problem> problems = problems(recipe);
        assertEquals(parts.length, problems.size(), problems::toString);
        for (String part : parts) {
            assertTrue(problems.stream().anyMatch(p -> p.toString().contains(part)), problems::toString);
        }
    }
}
