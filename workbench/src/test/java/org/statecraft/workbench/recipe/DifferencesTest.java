package org.statecraft.workbench.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.statecraft.peft.stateoffset.StateOffsetConfig;

/** {@code extends}, presets, variants and {@code --set}: what they change, and where their mistakes are reported. */
class DifferencesTest {
    @TempDir
    private Path temporary;

    private RecipeFolder folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = new RecipeFolder(temporary);
    }

    @Test
    void extendingMergesMappingsAndReplacesLists() throws IOException {
        folder.write("base.yaml", RecipeFolder.RECIPE + "presets: {a: {seed: 1}, b: {seed: 2}}\n");
        Path recipe = folder.write(
                "r.yaml",
                """
                extends: base.yaml
                name: derived
                steps: [{generate: {prompt: Once}}]
                presets: {b: {seed: 3}}
                """);

        Recipe read = read(recipe, "a");

        assertEquals("derived", read.name());
        assertEquals("model", read.model());
        assertEquals(1, read.steps().size());
        assertEquals(1, read.seed());
        assertEquals(3, read(recipe, "b").seed());
    }

    @Test
    void filesOfAnExtendedRecipeAreFoundBesideIt() throws IOException {
        folder.write("base.yaml", RecipeFolder.RECIPE);
        Path recipe = folder.write("deeper/r.yaml", "extends: ../base.yaml\nname: derived\n");

        ResolvedRecipe run = RecipeReader.read(recipe, ReadOptions.none()).get(0);

        assertEquals(folder.path("model"), run.modelFolder());
        assertEquals(folder.path("text.txt"), run.dataFile("text.txt"));
        assertEquals(folder.path("held-out.txt"), run.task("verse").files().get("../held-out.txt"));
    }

    @Test
    void mistakesAreReportedInTheFileInWhichTheyStand() throws IOException {
        folder.write(
                "base.yaml", RecipeFolder.RECIPE.replace("1e-2", "§-1").replace("steps: 10", "steps: 10, §bacth: 2"));
        Path recipe = folder.write("r.yaml", "extends: base.yaml\nname: derived\nseed: §-3\n");

        assertPlaces(RecipeReader.problems(recipe, ReadOptions.none()));
    }

    @Test
    void cyclesAreRefused() throws IOException {
        folder.write("a.yaml", "extends: b.yaml\nname: a\n");
        folder.write("b.yaml", "extends: §a.yaml\n" + RecipeFolder.RECIPE);

        List<Problem> problems = RecipeReader.problems(folder.path("a.yaml"), ReadOptions.none());

        assertPlaces(problems);
        assertTrue(problems.get(0).found().startsWith("a cycle"), problems::toString);
    }

    @Test
    void aMissingBaseIsReportedWhereItIsNamed() throws IOException {
        Path recipe = folder.write("r.yaml", "extends: §nowhere.yaml\n" + RecipeFolder.RECIPE);

        assertPlaces(RecipeReader.problems(recipe, ReadOptions.none()));
    }

    @Test
    void eachVariantIsARunOfItsOwn() throws IOException {
        Path recipe = folder.write(
                "r.yaml",
                RecipeFolder.RECIPE
                        + """
                        variants:
                          - name: four
                            set: {seed: 4}
                          - name: full
                            set:
                              steps[1].tune.method: {type: state-offset, form: full}
                        """);

        List<ResolvedRecipe> runs = RecipeReader.read(recipe, ReadOptions.none());

        assertEquals(
                List.of("four", "full"),
                runs.stream().map(ResolvedRecipe::variant).toList());
        assertEquals(
                List.of("test-four", "test-full"),
                runs.stream().map(run -> run.recipe().name()).toList());
        assertEquals(
                List.of(4L, 0L), runs.stream().map(run -> run.recipe().seed()).toList());
        TuneStep tune = (TuneStep) runs.get(1).recipe().steps().get(1);
        assertEquals(new StateOffsetSpec(StateOffsetConfig.Form.FULL, null, null, null, null, null), tune.method());
    }

    @Test
    void mistakesOfTheRecipeAreReportedOnceForAllVariants() throws IOException {
        Path recipe = folder.write(
                "r.yaml",
                RecipeFolder.RECIPE.replace("model: model", "model: §modle")
                        + "variants: [{name: one, set: {seed: 1}}, {name: two, set: {seed: 2}}]\n");

        assertPlaces(RecipeReader.problems(recipe, ReadOptions.none()));
    }

    @Test
    void mistakesOfVariantsAreReportedInPlace() throws IOException {
        Path recipe = folder.write(
                "r.yaml",
                RecipeFolder.RECIPE
                        + """
                        variants:
                          - {name: one, set: {seed: §x}}
                          - {name: §one, set: {seed: 3}}
                          - {name: two, §sett: {seed: 2}}
                          - §name: three
                          - name: four
                            set:
                              §steps[2].tune: {}
                              §[0]: {}
                              §model.x: 1
                              §sede: 1
                        """);

        assertPlaces(RecipeReader.problems(recipe, ReadOptions.none()));
    }

    @Test
    void settingsWinOverVariantsAndThoseOverPresets() throws IOException {
        Path recipe = folder.write(
                "r.yaml",
                RecipeFolder.RECIPE
                        + """
                        presets: {small: {seed: 1, threads: 1}}
                        variants: [{name: v, set: {seed: 2}}]
                        """);
        ReadOptions options = ReadOptions.none().withPresets(List.of("small"));

        Recipe variant = RecipeReader.read(recipe, options).get(0).recipe();
        Recipe set = RecipeReader.read(recipe, options.withSets(List.of("seed=3")))
                .get(0)
                .recipe();

        assertEquals(1, variant.threads());
        assertEquals(2, variant.seed());
        assertEquals(3, set.seed());
    }

    @Test
    void anEmptyValueTakesAnOptionAway() throws IOException {
        Path recipe = folder.write("r.yaml", RecipeFolder.RECIPE);
        List<String> sets = List.of("steps[1].tune.method.form=full", "steps[1].tune.method.rank=");

        TuneStep tune = (TuneStep) RecipeReader.read(recipe, ReadOptions.none().withSets(sets))
                .get(0)
                .recipe()
                .steps()
                .get(1);

        assertEquals(new StateOffsetSpec(StateOffsetConfig.Form.FULL, null, null, null, null, null), tune.method());
    }

    @Test
    void aSettingMakesTheMappingsThatItNeeds() throws IOException {
        Path recipe = folder.write("r.yaml", RecipeFolder.RECIPE.replace("16", "16, validation: held-out.txt"));
        List<String> sets = List.of("steps[1].tune.early-stopping.patience=2", "steps[1].tune.evaluate-every=5");

        TuneStep tune = (TuneStep) RecipeReader.read(recipe, ReadOptions.none().withSets(sets))
                .get(0)
                .recipe()
                .steps()
                .get(1);

        assertEquals(2, tune.earlyStopping().patience());
    }

    @ParameterizedTest
    @CsvSource({
        "seed=x, 6, seed",
        "sede=1, 1, sede",
        "steps[1].tune.optimizer.learning-rate=-1, 39, steps[1].tune.optimizer.learning-rate",
        "steps[7].tune.keep=best, 1, steps[7]",
        "model.x=1, 1, model",
        "steps[0].evaluate.tasks=[verse{0} nothing], 33, steps[0].evaluate.tasks[1]",
    })
    void mistakesInASettingAreReportedInTheSetting(String setting, int column, String path) throws IOException {
        String given = setting.replace("{0}", ",");
        Path recipe = folder.write("r.yaml", RecipeFolder.RECIPE);

        List<Problem> problems =
                RecipeReader.problems(recipe, ReadOptions.none().withSets(List.of(given)));

        assertEquals(1, problems.size(), problems::toString);
        assertEquals("--set " + given, problems.get(0).file());
        assertEquals(1, problems.get(0).line());
        assertEquals(column, problems.get(0).column());
        assertEquals(path, problems.get(0).path());
    }

    @Test
    void anUnknownPresetIsNamedWithItsNearestNeighbor() throws IOException {
        Path recipe = folder.write("r.yaml", RecipeFolder.RECIPE + "presets: {smoke: {seed: 1}}\n");

        List<Problem> problems =
                RecipeReader.problems(recipe, ReadOptions.none().withPresets(List.of("smok")));

        assertEquals(
                "--preset smok: no such preset, expected smoke; did you mean 'smoke'?",
                problems.get(0).toString());
    }

    @Test
    void validationLooksIntoEveryPreset() throws IOException {
        Path recipe =
                folder.write("r.yaml", RecipeFolder.RECIPE + "presets:\n  a: {seed: §x}\n  b: {§sede: 1}\n  c: §7\n");

        assertPlaces(RecipeReader.problems(recipe, ReadOptions.none()));
        assertEquals(
                "test",
                read(folder.write("s.yaml", RecipeFolder.RECIPE + "presets: {a: {seed: x}}\n"))
                        .name());
    }

    @Test
    void misspelledTopLevelKeysAreTakenForAnyOfThem() throws IOException {
        Path recipe = folder.write("r.yaml", RecipeFolder.RECIPE + "§varaints: []\n§preset: {}\n");

        List<Problem> problems = RecipeReader.problems(recipe, ReadOptions.none());

        assertPlaces(problems);
        assertEquals(
                List.of("variants", "presets"),
                problems.stream().map(Problem::nearest).toList());
    }

    private static Recipe read(Path recipe, String... presets) {
        return RecipeReader.read(recipe, ReadOptions.none().withPresets(List.of(presets)))
                .get(0)
                .recipe();
    }

    private void assertPlaces(List<Problem> problems) {
        List<String> found = problems.stream().map(RecipeFolder::place).sorted().toList();
        assertEquals(folder.places().stream().sorted().toList(), found, problems::toString);
    }
}
