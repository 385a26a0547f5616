package org.statecraft.workbench.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.Kernels;
import org.statecraft.model.MatrixFormat;

/** A resolved recipe is a recipe. */
class RoundTripTest {
    @TempDir
    private Path temporary;

    private RecipeFolder folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = new RecipeFolder(temporary.resolve("original"));
    }

    @Test
    void theResolvedRecipeReadElsewhereIsTheSame() throws IOException {
        ResolvedRecipe run = RecipeReader.read(folder.write("r.yaml", RecipeFolder.RECIPE), ReadOptions.none())
                .get(0);
        Path elsewhere = Files.writeString(temporary.resolve("resolved.yaml"), run.toYaml());

        ResolvedRecipe again = RecipeReader.read(elsewhere, ReadOptions.none().withFolders(run.folders()))
                .get(0);

        assertEquals(run.recipe(), again.recipe());
        assertEquals(run.toYaml(), again.toYaml());
        assertEquals(run.recipeHash(), again.recipeHash());
        assertEquals(run.modelFolder(), again.modelFolder());
    }

    @Test
    void theResolvedRecipeHoldsEveryDefaultAndNoPathOfThisMachine() throws IOException {
        String yaml = RecipeReader.read(folder.write("r.yaml", RecipeFolder.RECIPE), ReadOptions.none())
                .get(0)
                .toYaml();

        for (String line :
                List.of("seed: 0", "device: auto", "kernel: auto", "max-length: 2048", "beta2: 0.999", "keep: last")) {
            assertEquals(1, yaml.lines().filter(l -> l.strip().equals(line)).count(), () -> line + " in " + yaml);
        }
        assertFalse(yaml.contains(temporary.toString()), yaml);
    }

    @Test
    void aListHasItsDefaultToo() throws IOException {
        Path recipe = folder.write(
                "r.yaml",
                """
                name: test
                model: model
                steps:
                  - fidelity: {text: text.txt, windows: 2, continuation: 8, contexts: [10, 20]}
                """);
        ReadOptions options = ReadOptions.none();
        FidelityStep given = (FidelityStep)
                RecipeReader.read(recipe, options).get(0).recipe().steps().get(0);
        assertEquals(List.of(10, 20), given.contexts());

        Files.writeString(folder.path("text.txt"), "a text ".repeat(2000));
        Files.writeString(recipe, Files.readString(recipe).replace(", contexts: [10, 20]", ""));
        ResolvedRecipe run = RecipeReader.read(recipe, options).get(0);
        assertEquals(List.of(512, 1024), ((FidelityStep) run.recipe().steps().get(0)).contexts());
        Path again = Files.writeString(folder.path("resolved.yaml"), run.toYaml());
        assertEquals(run.recipe(), RecipeReader.read(again, options).get(0).recipe());
    }

    @Test
    void theHashTellsRecipesApart() throws IOException {
        Path recipe = folder.write("r.yaml", RecipeFolder.RECIPE);
        ReadOptions other = ReadOptions.none().withSets(List.of("steps[1].tune.optimizer.epsilon=1.1e-8"));

        String hash = RecipeReader.read(recipe, ReadOptions.none()).get(0).recipeHash();

        assertEquals(64, hash.length());
        assertNotEquals(hash, RecipeReader.read(recipe, other).get(0).recipeHash());
    }

    @Test
    void anyTextAndAnyNumberSurvive() throws IOException {
        long seed = 20261124;
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            Recipe recipe = new Recipe(
                    "r" + i,
                    "model",
                    random.nextInt(1 << 30),
                    "cpu",
                    Kernels.REFERENCE,
                    MatrixFormat.INT8,
                    2,
                    List.of(sample(random)));
            Path file = Files.writeString(folder.path("random.yaml"), RecipeWriter.toYaml(recipe));
            assertEquals(
                    recipe,
                    RecipeReader.read(file, ReadOptions.none()).get(0).recipe(),
                    () -> "seed " + seed + ": " + RecipeWriter.toYaml(recipe));
        }
    }

    private static GenerateStep sample(Random random) {
        double temperature = Math.nextUp(random.nextDouble());
        return new GenerateStep(
                text(random),
                1 + random.nextInt(1000),
                temperature,
                random.nextBoolean() ? null : 1 + random.nextInt(50),
                random.nextBoolean() ? null : Math.nextUp(random.nextDouble() * 1e-3),
                1,
                random.nextDouble(),
                List.of(text(random), text(random)),
                random.nextBoolean() ? null : text(random));
    }

    private static String text(Random random) {
        List<String> parts = List.of(
                "1e-5", "null", "~", "yes", "true", "12", "\n", " ", "\t", "'", "\"", ": ", "# ", "- ", "é", "😀",
                "word", "\\", "{", "]", "&a", "*a", "%", "@", "|", ">");
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(5); i >= 0; i--) {
            text.append(parts.get(random.nextInt(parts.size())));
        }
        return text.toString();
    }
}
