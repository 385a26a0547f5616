package org.statecraft.workbench.recipe;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every mistake is reported once, where it stands. */
class MistakesTest {
    @TempDir
    private Path temporary;

    private RecipeFolder folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = new RecipeFolder(temporary);
    }

    @Test
    void sevenPlantedMistakesGiveSevenMessagesInTheirPlaces() throws IOException {
        List<Problem> problems = problems(
                """
                # seven mistakes
                name: test
                §modle: model
                seed: §"8"
                steps:
                  - evaluate: {tasks: [§vers], limit: 4}
                  - tune:
                      method: {type: state-offset, form: full, rank: §4}
                      data: {text: §txet.txt, length: 16}
                      optimizer: {learning-rate: 1e-5, steps: §0, schedule: linear, §schedule: cosine}
                """);

        assertPlaces(problems);
        assertEquals(7, problems.size());
        assertAll(
                () -> assertMessage(problems.get(0), "modle: unknown key; did you mean 'model'?"),
                () -> assertMessage(
                        problems.get(1),
                        "seed: found the text \"8\", expected a whole number, at least 0, without quotes"),
                () -> assertMessage(
                        problems.get(2),
                        "steps[0].evaluate.tasks[0]: unknown task 'vers', expected one of prose, verse;"
                                + " did you mean 'verse'?"),
                () -> assertMessage(
                        problems.get(3),
                        "steps[1].tune.method.rank: a rank with form: full, expected no rank, or form: low-rank"),
                () -> assertMessage(
                        problems.get(4),
                        "steps[1].tune.data.text: no such file 'txet.txt' (looked at " + folder.path("txet.txt")
                                + "), expected a data file here, or below --data DIR or STATECRAFT_DATA;"
                                + " did you mean 'text.txt'?"),
                () -> assertMessage(
                        problems.get(5),
                        "steps[1].tune.optimizer.steps: found '0', expected a whole number, at least 1"),
                () -> assertMessage(
                        problems.get(6), "steps[1].tune.optimizer.schedule: the key stands twice, first in line 10"));
    }

    @Test
    void mistakesInsideMisspelledStepsAndKeysAreFoundToo() throws IOException {
        List<Problem> problems = problems(
                """
                name: test
                model: model
                steps:
                  - §evalute: {tasks: [verse], batch: §many}
                  - tune:
                      method: {type: §state-offsets, form: §lowrank, rank: 4}
                      data: {text: text.txt, length: 16}
                      §optimiser: {§learning-rte: 1e-2, steps: 10}
                """);

        assertPlaces(problems);
        assertEquals("low-rank", problems.get(3).nearest());
    }

    @Test
    void anUnknownFormatOfTheWeightsNamesTheKnownOnes() throws IOException {
        List<Problem> problems = problems(
                """
                name: test
                model: model
                weights: §int3
                steps:
                  - evaluate: {tasks: [verse]}
                """);

        assertPlaces(problems);
        assertMessage(
                problems.get(0),
                "weights: found 'int3', expected float32, bfloat16, int8 or int4; did you mean 'int4'?");
    }

    @Test
    void targetsAndLayersOfLoraAreChecked() throws IOException {
        List<Problem> problems = problems(
                """
                name: test
                model: model
                steps:
                  - tune:
                      method:
                        type: lora
                        targets: [in_proj, §x, §inproj, out_proj, §out_proj, §embeddings]
                        rank: 4
                        alpha: §0
                        variant: dora
                        layers: §3-1
                      data: {text: text.txt, length: 16}
                      optimizer: {learning-rate: 1e-2, steps: 10}
                """);

        assertPlaces(problems);
        assertMessage(
                problems.get(0),
                "steps[0].tune.method.targets[1]: x beside in_proj, of which it is a part, expected only one of them");
        assertMessage(
                problems.get(1),
                "steps[0].tune.method.targets[2]: unknown target 'inproj', expected in_proj, x_proj, dt_proj, out_proj,"
                        + " z, x, B, C, dt, conv1d, embeddings or lm_head; did you mean 'in_proj'?");
        assertMessage(
                problems.get(5),
                "steps[0].tune.method.layers: found '3-1', expected all, or numbers and ascending ranges, as in 0-3,6");
    }

    @Test
    void filesAndSizesOfAComparisonWithTheBaseAreChecked() throws IOException {
        List<Problem> problems = problems(
                """
                name: test
                model: model
                steps:
                  - fidelity: {text: §txet.txt, base: §modell, contexts: [§0, 20], windows: §1}
                  - fidelity: {text: text.txt, contexts: §[30, 20], windows: 2}
                  - fidelity: {text: text.txt, contexts: §[30], windows: 2}
                  - fidelity: {text: text.txt, contexts: §[], windows: 2}
                  - fidelity: {text: §text.txt}
                  - fidelity: {text: text.txt, contexts: [30, 60], continuation: 8, windows: 80}
                  - §fidelity: {}
                """);

        assertPlaces(problems);
        assertEquals("model", problems.get(1).nearest());
        assertMessage(
                problems.get(4),
                "steps[1].fidelity.contexts: contexts from 30 down to 20, expected the shortest before the longest");
        assertMessage(
                problems.get(5),
                "steps[2].fidelity.contexts: 1 lengths, expected two: the shortest and the longest, as in [512, 1024]");
        assertMessage(
                problems.get(7),
                "steps[4].fidelity.text: " + folder.path("text.txt") + " has 700 bytes, too few for 64 continuations of"
                        + " 128 tokens behind a context of 1024, expected a longer text, fewer windows, or shorter ones");
    }

    @Test
    void missingKeysAreReportedAtTheKeyThatLacksThem() throws IOException {
        List<Problem> problems = problems(
                """
                §name: test
                steps:
                  - §evaluate: {}
                  - tune:
                      §method: {form: full}
                      data: {text: text.txt, length: 16}
                      §optimizer:
                        steps: 10
                """);

        assertPlaces(problems);
        assertEquals(
                List.of(
                        "model",
                        "steps[0].evaluate.tasks",
                        "steps[1].tune.method.type",
                        "steps[1].tune.optimizer.learning-rate"),
                problems.stream().map(Problem::path).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e-5", "1e-2", "1E-2", "0.01", ".01", "1", "+1.5e0"})
    void everyUsualSpellingOfANumberIsOne(String number) throws IOException {
        Path recipe = folder.write("r.yaml", RecipeFolder.RECIPE.replace("1e-2", number));

        TuneStep tune = (TuneStep) only(recipe).steps().get(1);

        assertEquals(Double.parseDouble(number), tune.optimizer().learningRate());
    }

    @ParameterizedTest
    @ValueSource(strings = {"'0.01'", "ten", "0x10", "-1", "0", "11", ".nan", ".inf", "true", "[1]", "{a: 1}", "~"})
    void nothingElseIsALearningRate(String value) throws IOException {
        List<Problem> problems =
                problems(RecipeFolder.RECIPE.replace("1e-2, steps: 10}", "§" + value + ", steps: 10}"));

        assertPlaces(problems);
    }

    @Test
    void trueAndFalseAreTheOnlyTruthValues() throws IOException {
        for (String value : List.of("true", "false")) {
            Path recipe = folder.write("r.yaml", RecipeFolder.RECIPE + "      recompute: " + value + "\n");
            TuneStep tune = (TuneStep) only(recipe).steps().get(1);
            assertEquals(Boolean.valueOf(value), tune.recompute());
        }
        for (String value : List.of("yes", "'true'", "True", "1", "[true]", "~")) {
            List<Problem> problems = problems(RecipeFolder.RECIPE + "      recompute: §" + value + "\n");
            assertPlaces(problems);
            assertTrue(problems.get(0).toString().contains("expected true or false"), problems::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "1e3", "99999999999", "'4'", "0", "4097"})
    void nothingButAWholeNumberInRangeIsABatch(String value) throws IOException {
        assertPlaces(problems(RecipeFolder.RECIPE.replace("steps: 10", "steps: 10, batch: §" + value)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "1e5", "true", "null", "a name", "../up", "[a]"})
    void aNameIsATextThatCanNameAFolder(String name) throws IOException {
        assertPlaces(problems(RecipeFolder.RECIPE.replace("name: test", "name: §" + name)));
    }

    @Test
    void aRankBelongsToTheLowRankFormAlone() throws IOException {
        assertPlaces(problems(RecipeFolder.RECIPE.replace("low-rank, rank: 4", "§low-rank")));
        assertPlaces(problems(RecipeFolder.RECIPE.replace("low-rank, rank: 4", "output, rank: §4")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{type: prompt, tokens: 4, init: §text}",
                "{type: prompt, tokens: 4, init: §text, text: ''}",
                "{type: prompt, tokens: 4, text: §Once}",
                "{type: prompt, tokens: §0}",
                "{type: prefix, tokens: 3, layers: §3-1}",
                "{type: prefix, tokens: 3, network-width: §0}",
                "{type: initial-state, layers: §first}",
                "{type: initial-state, form: §window}"
            })
    void methodsAtTheStartOfSequencesAreChecked(String method) throws IOException {
        assertPlaces(problems(RecipeFolder.RECIPE.replace("{type: state-offset, form: low-rank, rank: 4}", method)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "form: full, reshape: §4",
                "form: full, reshape: §1",
                "form: low-rank, rank: 4, budget-bytes: §4096",
                "form: full, probe-batches: §4",
                "form: full, budget-bytes: §0",
                "form: full, layers: §3-1",
                "form: full, layers: §first"
            })
    void optionsOfOffsetsFitTheirForm(String options) throws IOException {
        assertPlaces(problems(RecipeFolder.RECIPE.replace("form: low-rank, rank: 4", options)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "type: suffix, rank: §0",
                "type: suffix, layers: §1-0",
                "type: bottleneck, targets: [§outproj], rank: 8",
                "type: bottleneck, targets: §[], rank: 8",
                "type: bottleneck, targets: [in_proj], rank: §0",
                "type: bottleneck, targets: [in_proj], rank: 8, activation: §tanh"
            })
    void optionsOfSuffixesAndBottlenecksAreChecked(String method) throws IOException {
        assertPlaces(problems(RecipeFolder.RECIPE.replace("type: state-offset, form: low-rank, rank: 4", method)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0.5", "101", "half"})
    void stepSizesAreScaledByAPositiveNumber(String scale) throws IOException {
        assertPlaces(problems(RecipeFolder.RECIPE.replace("tasks: [verse]", "tasks: [verse], delta-scale: §" + scale)));
    }

    @Test
    void theTrainingTextIsNotHeldOut() throws IOException {
        assertPlaces(problems(RecipeFolder.RECIPE.replace("length: 16", "length: 16, validation: §text.txt")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "keep: §best",
                "evaluate-every: §5",
                "early-stopping: §{patience: 2}",
                "keep: §best\n      evaluate-every: 5\n      early-stopping: {patience: 2}"
            })
    void optionsThatNeedValidationDataSayItOnce(String options) throws IOException {
        List<Problem> problems = problems(RecipeFolder.RECIPE + "      " + options + "\n");

        assertPlaces(problems);
        assertTrue(problems.get(0).expected().contains("data.validation"), problems::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"keep: §best", "early-stopping: §{patience: 2}", "evaluate-every: §11"})
    void validationMustHappenDuringTraining(String option) throws IOException {
        String recipe = RecipeFolder.RECIPE.replace("length: 16", "length: 16, validation: held-out.txt");

        assertPlaces(problems(recipe + "      " + option + "\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{teacher: §modle}",
                "{weight: §1}",
                "{weight: §1.5, teacher: model}",
                "{temperature: §0}",
                "{§techer: model}"
            })
    void aTeacherIsAModelThatCanTeachSomething(String distill) throws IOException {
        assertPlaces(problems(RecipeFolder.RECIPE + "      distill: " + distill + "\n"));
    }

    @Test
    void distillationHasDefaults() throws IOException {
        Path recipe = folder.write("r.yaml", RecipeFolder.RECIPE + "      distill: {}\n");
        TuneStep tune = (TuneStep) only(recipe).steps().get(1);
        assertEquals(new DistillSpec(null, 0.5, 2), tune.distill());
    }

    @Test
    void warmupMustEndBeforeTheTraining() throws IOException {
        assertPlaces(problems(RecipeFolder.RECIPE.replace("steps: 10", "steps: 10, warmup: §10")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"''", "' '", "\"\\0\"", "nowhere", "text.txt"})
    void aModelIsAFolder(String model) throws IOException {
        assertPlaces(problems(RecipeFolder.RECIPE.replace("model: model", "model: §" + model)));
    }

    @Test
    void aTextMustHoldAWindow() throws IOException {
        assertPlaces(
                problems(RecipeFolder.RECIPE.replace("text: text.txt, length: 16", "text: §text.txt, length: 700")));
    }

    @Test
    void samplingOptionsNeedATemperature() throws IOException {
        assertPlaces(
                problems(
                        """
                name: test
                model: model
                steps:
                  - generate: {prompt: Once, top-k: §5, top-p: §0.9}
                  - generate: {prompt: Once, top-k: 5, top-p: 0.9, temperature: 1}
                """));
    }

    @Test
    void aSearchDrawsNothing() throws IOException {
        assertPlaces(
                problems(
                        """
                name: test
                model: model
                steps:
                  - generate: {prompt: Once, temperature: 0.5, beams: §5}
                  - generate: {prompt: Once, beams: §65}
                  - generate: {prompt: Once, beams: 5, length-penalty: 0.6}
                """));
    }

    @Test
    void anEmptyTextStopsNothing() throws IOException {
        assertPlaces(
                problems(
                        """
                name: test
                model: model
                steps:
                  - generate: {prompt: Once, stop: [x, §"", " "]}
                """));
    }

    @Test
    void aCheckOverSeveralKeysKeepsQuietAboutKeysWithMistakes() throws IOException {
        List<Problem> problems = problems(RecipeFolder.RECIPE.replace("steps: 10", "steps: §ten, warmup: 10"));

        assertPlaces(problems);
    }

    @Test
    void aStepHasOneVerb() throws IOException {
        List<Problem> problems = problems(
                """
                name: test
                model: §nowhere
                steps:
                  - evaluate: {tasks: [verse]}
                    §generate: {prompt: Once}
                  - §polish: {}
                  - §evaluate
                """);

        assertPlaces(problems);
        assertTrue(
                problems.get(2)
                        .expected()
                        .contains("evaluate, probe, fidelity, tune, merge, generate or compare-methods"),
                problems::toString);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "steps: §[]",
                "steps: §7",
                "steps: §{evaluate: {tasks: [verse]}}",
                "§stpes: [{evaluate: {tasks: [verse]}}]"
            })
    void stepsAreAListThatIsNotEmpty(String steps) throws IOException {
        assertPlaces(problems("name: test\nmodel: model\n" + steps + "\n"));
    }

    @Test
    void brokenYamlIsReportedInPlace() throws IOException {
        List<Problem> problems = problems("name: test\nmodel: model\nsteps: [§}\n");

        assertPlaces(problems);
        assertTrue(problems.get(0).found().startsWith("not YAML"), problems::toString);
    }

    @Test
    void aControlCharacterIsReportedInPlace() throws IOException {
        assertPlaces(problems("name: test\nmodel: mo§\u0007del\n"));
    }

    @Test
    void anAliasBombIsRefused() throws IOException {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 30; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
        }

        assertEquals(1, problems(bomb.toString()).size());
    }

    @Test
    void deepNestingIsRefusedBeforeTheStackIs() throws IOException {
        List<Problem> problems = problems("a: " + "[".repeat(100_000));

        assertEquals(1, problems.size());
        assertTrue(problems.get(0).found().contains("levels of nesting"), problems::toString);
    }

    @Test
    void aTreeThatContainsItselfIsRefused() throws IOException {
        assertTrue(problems("steps: &s [*s]\n").get(0).found().contains("inside of what it stands for"));
    }

    @Test
    void aMissingRecipeIsNamedWithItsNearestNeighbor() throws IOException {
        folder.write("quickstart.yaml", RecipeFolder.RECIPE);

        Problem problem = RecipeReader.problems(folder.path("quikstart.yaml"), ReadOptions.none())
                .get(0);

        assertEquals("no such file", problem.found());
        assertEquals("quickstart.yaml", problem.nearest());
    }

    @Test
    void readingThrowsWhatValidationLists() throws IOException {
        Path recipe = folder.write("r.yaml", RecipeFolder.RECIPE.replace("name:", "nmae:"));

        RecipeException thrown =
                assertThrows(RecipeException.class, () -> RecipeReader.read(recipe, ReadOptions.none()));

        assertEquals(RecipeReader.problems(recipe, ReadOptions.none()), thrown.problems());
        assertTrue(thrown.getMessage().contains("did you mean 'name'?"), thrown::getMessage);
    }

    @Test
    void dataIsLookedUpBesideTheRecipeThenInTheDataRoots() throws IOException {
        Path root = Files.createDirectories(temporary.resolve("elsewhere"));
        Files.writeString(root.resolve("more.txt"), "more ".repeat(100));
        Files.writeString(root.resolve("text.txt"), "shadowed ".repeat(100));
        Path recipe = folder.write(
                "r.yaml", RecipeFolder.RECIPE.replace("text: text.txt", "text: text.txt, validation: more.txt"));

        ResolvedRecipe run =
                RecipeReader.read(recipe, ReadOptions.none().withDataRoot(root)).get(0);

        assertEquals(root.resolve("more.txt"), run.dataFile("more.txt"));
        assertEquals(folder.path("text.txt"), run.dataFile("text.txt"));
    }

    @Test
    void methodsInTheWeightsAreCheckedForThemselves() throws IOException {
        List<Problem> problems = problems(
                """
                name: test
                model: model
                steps:
                  - tune:
                      method:
                        type: together
                        methods: §[{type: sparse, warmup-steps: 9}, {type: sparse, warmup-steps: 9, layers: §3-1}]
                      data: {text: text.txt, length: 16}
                      optimizer: {learning-rate: 1e-2, steps: 10}
                  - tune:
                      method: {type: bitfit, targets: [dt_bias, §D], layers: §some}
                      data: {text: text.txt, length: 16}
                      optimizer: {learning-rate: 1e-2, steps: 10}
                """);

        assertPlaces(problems);
        assertEquals("the method sparse 2 times", problems.get(0).found());
        assertMessage(
                problems.get(2),
                "steps[1].tune.method.targets[1]: found 'D', expected the name of a bias, as conv1d.bias, dt_proj.bias"
                        + " or dt_bias");
    }

    @Test
    void whatCannotBeMergedIsNamedBeforeAnythingIsTrained() throws IOException {
        String tune =
                """
                  - tune:
                      method: {type: %s}
                      data: {text: text.txt, length: 16}
                      optimizer: {learning-rate: 1e-2, steps: 10}
                """;
        List<Problem> problems = problems("name: test\nmodel: model\nsteps:\n"
                + tune.formatted("state-offset, form: full")
                + "  - merge: §{}\n"
                + tune.formatted("full")
                + "  - merge: {}\n  - merge: §{}\n");

        assertPlaces(problems);
        assertMessage(
                problems.get(0),
                "steps[1].merge: a merge after state-offset (form: full), which no weight of the model can hold,"
                        + " expected methods that live in the weights, in all layers");
        assertMessage(
                problems.get(1),
                "steps[4].merge: a merge with nothing tuned before it, expected a tune step before it");

        List<Problem> rounded = problems("name: test\nmodel: model\nweights: int8\nsteps:\n"
                + tune.formatted("full").replace("method: {", "method: §{")
                + "  - merge: §{}\n");
        assertPlaces(rounded);
        assertTrue(
                rounded.stream().allMatch(problem -> problem.expected().equals("weights: float32")), rounded::toString);
    }

    private List<Problem> problems(String marked) throws IOException {
        return RecipeReader.problems(folder.write("r.yaml", marked), ReadOptions.none());
    }

    private static Recipe only(Path recipe) {
        return RecipeReader.read(recipe, ReadOptions.none()).get(0).recipe();
    }

    private void assertPlaces(List<Problem> problems) {
        List<String> found = problems.stream().map(RecipeFolder::place).sorted().toList();
        assertEquals(folder.places().stream().sorted().toList(), found, problems::toString);
    }

    private void assertMessage(Problem problem, String message) {
        assertEquals(RecipeFolder.place(problem) + ": " + message, problem.toString());
    }
}
