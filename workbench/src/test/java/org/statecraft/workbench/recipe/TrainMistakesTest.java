package org.statecraft.workbench.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
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

/** Recipes that train their model, and probes as data: what they bind to, and every mistake in its place. */
class TrainMistakesTest {
    private static final String RECIPE =
            """
            name: test
            steps:
              - train:
                  model: {type: mamba2, layers: 2, hidden-size: 64, head-dim: 16}
                  data:
                    probe: {type: mqar, options: {vocab: 64, filler: zero}, slices: [T=16 k=2, T=16 k=4], examples: 40}
                  optimizer: {learning-rate: 1e-2, steps: 10}
            """;

    private static final String TEXT =
            """
            name: test
            steps:
              - train:
                  model: {type: mamba1, layers: 1, hidden-size: 40}
                  tokenizer: words
                  data: {text: text.txt, length: 16}
                  optimizer: {learning-rate: 1e-2, steps: 10}
            """;

    @TempDir
    private Path temporary;

    private RecipeFolder folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = new RecipeFolder(temporary);
        Files.createDirectories(folder.path("words"));
        Files.writeString(folder.path("words/tokenizer.json"), "{}");
    }

    private List<Problem> problems(String marked) throws IOException {
        return RecipeReader.problems(folder.write("r.yaml", marked), ReadOptions.none());
    }

    private ResolvedRecipe only(String recipe) throws IOException {
        return RecipeReader.read(folder.write("r.yaml", recipe), ReadOptions.none())
                .get(0);
    }

    /** One mistake in the marked place whose message holds these words. */
    private void assertMistake(String marked, String words) throws IOException {
        List<Problem> problems = problems(marked);
        assertEquals(folder.places(), problems.stream().map(RecipeFolder::place).toList(), problems::toString);
        assertTrue(problems.get(0).toString().contains(words), problems::toString);
    }

    @Test
    void aRecipeThatTrainsItsModelNamesNone() throws IOException {
        for (String recipe : List.of(RECIPE, TEXT)) {
            ResolvedRecipe run = only(recipe);
            assertTrue(run.recipe().trainsItsModel());
            assertNull(run.recipe().model());
            Path elsewhere = Files.writeString(temporary.resolve("resolved.yaml"), run.toYaml());
            ReadOptions seen = ReadOptions.none().withFolders(run.folders());
            assertEquals(run.recipe(), RecipeReader.read(elsewhere, seen).get(0).recipe());
            assertEquals(run.toYaml(), RecipeReader.read(elsewhere, seen).get(0).toYaml());
        }
        assertFalse(only(RecipeFolder.RECIPE).recipe().trainsItsModel());
        assertNull(RecipeReader.outline(folder.write("r.yaml", RECIPE)).model());
    }

    @Test
    void sizesThatAreNotGivenAreThoseOfTheAuthors() throws IOException {
        TrainStep mamba2 = (TrainStep) only(RECIPE).recipe().steps().get(0);
        assertEquals(new ModelSpec.Mamba2(2, 64, 128, 2, 4, 16, 1, true, 0.001, 0.1, 1, 16), mamba2.model());
        TrainStep mamba1 = (TrainStep) only(TEXT).recipe().steps().get(0);
        assertEquals(new ModelSpec.Mamba1(1, 40, 16, 2, 4, null, true, 0.001, 0.1), mamba1.model());
        assertEquals(3, mamba1.model().fresh(9).ownConfig().get("time_step_rank"));
    }

    @Test
    void optionsOfAProbeMayBeNumbersOrTexts() throws IOException {
        TrainStep step = (TrainStep) only(RECIPE).recipe().steps().get(0);
        assertEquals(
                Map.of("vocab", "64", "filler", "zero"), step.data().probe().options());
        TrainStep quoted = (TrainStep) only(RECIPE.replace("vocab: 64", "vocab: \"64\""))
                .recipe()
                .steps()
                .get(0);
        assertEquals(step, quoted);
    }

    @Test
    void aProbeTrainsAdaptersToo() throws IOException {
        String recipe =
                RecipeFolder.RECIPE.replace("{text: text.txt, length: 16}", "{probe: {type: mqar, examples: 9}}");
        assertEquals(List.of(), problems(recipe));
        String every = recipe.replace("examples: 9", "examples: 9, validation: 3") + "      evaluate-every: 5\n";
        assertEquals(List.of(), problems(every));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`name: test` | `name: test\nmodel: §model` | a model beside steps[0].train",
                "`type: mqar` | `type: §mqra` | did you mean 'mqar'",
                "`probe: {type: mqar, ` | `§probe: {` | missing key",
                "`vocab: 64` | `vocab: §2` | expected a whole number from 4",
                "`vocab: 64` | `vocab: §many` | option 'vocab'",
                "`vocab: 64` | `vocabs: §64` | did you mean 'vocab'",
                "`filler: zero` | `filler: §none` | one of random, zero",
                "`filler: zero` | `filler: §{a: zero}` | found a mapping",
                "`T=16 k=2` | `§T=15 k=2` | expected an even T",
                "`T=16 k=2` | `§T=16` | does not say k",
                "`T=16 k=2` | `§easy` | no slice of a probe",
                "`examples: 40` | `examples: §0` | from 1 to",
                "`examples: 40}` | `examples: 40, validation: §0}` | from 1 to",
                "`examples: 40}` | `examples: 40}\n        validation: §held-out.txt` | the key probe.validation",
                "`examples: 40}` | `examples: 40}\n        length: §16` | a length without a text",
                "`type: mamba2` | `type: §mamba-2` | did you mean 'mamba2'",
                "`head-dim: 16` | `head-dim: §48` | a divisor of 128",
                "`head-dim: 16` | `head-dim: 16, groups: §3` | a divisor of the number of heads",
                "`head-dim: 16` | `head-dim: 16, time-step-max: §1e-4` | at least 0.001",
                "`head-dim: 16` | `head-dim: 16, time-step-min: §0` | above 0",
                "`head-dim: 16` | `head-dim: 16, decay-min: 2, decay-max: §1` | above decay-max",
                "`head-dim: 16` | `head-dim: 16, §time-step-rank: 4` | unknown key",
                "`      optimizer` | `      tokenizer: §words\n      optimizer` | a tokenizer beside a probe",
                "`      optimizer` | `      keep: §best\n      optimizer` | data.probe.validation",
                "`      optimizer` | `      evaluate-every: §5\n      optimizer` | data.probe.validation",
                "`      optimizer` | `      §distill: {}\n      optimizer` | unknown key",
            })
    void aMistakeIsReportedInItsPlace(String right, String wrong, String message) throws IOException {
        assertMistake(RECIPE.replace(right, wrong), message);
    }

    @Test
    void aTextAndAProbeAreOneTooMany() throws IOException {
        String both = RECIPE.replace("probe: {", "text: text.txt\n        length: 16\n        probe: §{");
        assertMistake(both, "a probe beside a text");
        String three = RecipeFolder.RECIPE.replace(
                "{text: text.txt, length: 16}",
                "{probe: §{type: mqar, examples: 9}, examples: {file: text.txt, format: tsv, prompt: '{a}', answer: '{b}'}}");
        assertMistake(three, "a probe beside examples");
    }

    @Test
    void aTextNeedsATokenizer() throws IOException {
        assertMistake(
                TEXT.replace("      tokenizer: words\n", "").replace("model: {", "§model: {"), "tokenizer: missing");
        assertMistake(TEXT.replace("words", "§model"), "holds no tokenizer.json");
        assertMistake(TEXT.replace("words", "§wrds"), "did you mean 'words'");
    }

    @Test
    void trainingAModelComesFirst() throws IOException {
        String later = RECIPE.replace("name: test\n", "name: test\nmodel: model\n")
                .replace("  - train:", "  - generate: {prompt: Once}\n  - train:")
                .replace("      model: {type", "      §model: {type");
        assertMistake(later, "a train step behind others");
        String without = "§name: test\nsteps:\n  - generate: {prompt: Once}\n";
        assertMistake(without, "model: missing key, expected a model folder, or a first step that trains a model");
    }
}
