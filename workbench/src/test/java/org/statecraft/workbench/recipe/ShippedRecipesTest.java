package org.statecraft.workbench.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.peft.stateoffset.StateOffsetConfig;

/** What lies in {@code recipes/}. */
class ShippedRecipesTest {
    private static final Path RECIPES = Path.of(System.getProperty("statecraft.home"), "recipes");
    private static final Pattern ROW =
            Pattern.compile("^\\| `([^`]+\\.txt)` .*`([0-9a-f]{64})` \\|$", Pattern.MULTILINE);

    @TempDir
    private Path data;

    /** A stand-in for the one data file that does not ship. */
    @BeforeEach
    void putLambada() throws IOException {
        Path folder = Files.createDirectories(data.resolve("lambada_openai"));
        Files.writeString(folder.resolve("lambada_test.jsonl"), "{\"text\": \"the last word\"}\n");
    }

    @Test
    void everyShippedRecipeIsWithoutAMistakeUnderEachOfItsPresets() throws IOException {
        List<Path> recipes = recipes();
        assertFalse(recipes.isEmpty());
        for (Path recipe : recipes) {
            List<Problem> problems =
                    RecipeReader.problems(recipe, ReadOptions.none().withDataRoot(data));
            assertEquals(List.of(), problems, recipe::toString);
        }
    }

    @Test
    void everyShippedRecipeSaysWhatItIsForAndHasASmokePreset() throws IOException {
        for (Path recipe : recipes()) {
            RecipeOutline outline = RecipeReader.outline(recipe);
            assertFalse(outline.description().isEmpty(), recipe::toString);
            assertTrue(outline.presets().contains("smoke"), recipe::toString);
            assertEquals(recipe.getFileName().toString(), outline.name() + ".yaml");
        }
    }

    @Test
    void aSmokePresetHasTheStepsOfItsRecipe() throws IOException {
        for (Path recipe : recipes()) {
            ReadOptions options = ReadOptions.none().withDataRoot(data);
            assertEquals(
                    verbs(recipe, options), verbs(recipe, options.withPresets(List.of("smoke"))), recipe::toString);
        }
    }

    @Test
    void theComparisonRunsEveryForm() {
        List<StateOffsetConfig.Form> forms =
                RecipeReader.read(RECIPES.resolve("state-offset-comparison.yaml"), ReadOptions.none()).stream()
                        .flatMap(run -> run.recipe().steps().stream())
                        .filter(TuneStep.class::isInstance)
                        .map(step -> ((StateOffsetSpec) ((TuneStep) step).method()).form())
                        .toList();

        assertEquals(List.of(StateOffsetConfig.Form.values()), forms);
    }

    @Test
    void theDataIsWhatItsSourceFileSays() throws IOException {
        Path folder = RECIPES.resolve("data");
        Map<String, String> hashes = ROW.matcher(Files.readString(folder.resolve("SOURCE.md")))
                .results()
                .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
        try (Stream<Path> files = Files.list(folder)) {
            List<String> texts = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".txt"))
                    .toList();
            assertEquals(hashes.keySet(), Set.copyOf(texts));
        }
        for (Map.Entry<String, String> entry : hashes.entrySet()) {
            assertEquals(entry.getValue(), sha256(Files.readAllBytes(folder.resolve(entry.getKey()))), entry::getKey);
        }
    }

    @Test
    void theThreePartsOfShakespeareAreTheOriginal() throws IOException {
        Path folder = RECIPES.resolve("data");
        StringBuilder whole = new StringBuilder();
        for (String part : List.of("train", "validation", "test")) {
            whole.append(Files.readString(folder.resolve("shakespeare-" + part + ".txt"), StandardCharsets.UTF_8));
        }
        Matcher original = Pattern.compile("SHA-256 `([0-9a-f]{64})`\\. Split once")
                .matcher(Files.readString(folder.resolve("SOURCE.md")).replace('\n', ' '));

        assertTrue(original.find());
        assertEquals(original.group(1), sha256(whole.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static List<Path> recipes() throws IOException {
        try (Stream<Path> files = Files.list(RECIPES)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    private static List<List<String>> verbs(Path recipe, ReadOptions options) {
        return RecipeReader.read(recipe, options).stream()
                .map(run -> run.recipe().steps().stream().map(Step::verb).toList())
                .toList();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
