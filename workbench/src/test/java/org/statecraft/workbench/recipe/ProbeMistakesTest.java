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

/** The keys of a probe step: what they bind to, and what can be wrong with them. */
class ProbeMistakesTest {
    private static final String RECIPE =
            """
            name: test
            model: model
            steps:
              - probe: {probes: [PROBE]}
            """;

    @TempDir
    private Path temporary;

    private RecipeFolder folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = new RecipeFolder(temporary);
    }

    private ResolvedRecipe read(String probes) throws IOException {
        return RecipeReader.read(folder.write("r.yaml", RECIPE.replace("PROBE", probes)), ReadOptions.none())
                .get(0);
    }

    @Test
    void everyKeyIsReadAndSurvivesItsResolvedRecipe() throws IOException {
        ResolvedRecipe run = read("{type: mqar, name: small, options: {vocab: 64, filler: zero}, slices: [T=64 k=4],"
                + " examples: 20}, {type: needle, options: {lengths: [64, 128], depths: 3, filler: text},"
                + " text: text.txt}");
        ProbeStep step = (ProbeStep) run.recipe().steps().get(0);
        assertEquals(
                Map.of("lengths", "64,128", "depths", "3", "filler", "text"),
                step.probes().get(1).options());
        assertEquals(100, step.probes().get(1).examples());
        assertEquals("mqar", step.probes().get(0).tokenProbe().name());
        assertEquals(
                List.of("T=64 k=4"),
                step.probes().get(0).set(List.of(), 5).slices().stream()
                        .map(slice -> slice.label())
                        .toList());
        Path elsewhere = Files.writeString(temporary.resolve("resolved.yaml"), run.toYaml());
        ReadOptions seen = ReadOptions.none().withFolders(run.folders());
        assertEquals(run.recipe(), RecipeReader.read(elsewhere, seen).get(0).recipe());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{type: §mqra} | did you mean 'mqar'?",
                "{type: §needles} | did you mean 'needle'?",
                "{type: mqar, options: {vocap: §64}} | has no option 'vocap'; it has filler, power, protocol, vocab; did you mean",
                "{type: needle, options: {lenghts: §[64]}} | did you mean 'lengths'?",
                "{type: needle, options: {lengths: §[]}} | an empty list",
                "{type: needle, options: {depths: §1}} | expected a whole number from 2 to 101",
                "{type: mqar, slices: [T=64 k=4, §T=63 k=4]} | expected an even T",
                "{type: induction, slices: [§k=4]} | expected a slice such as T=64, T=128",
                "{type: phone-book, slices: [§N=2]} | expected a slice such as N=10, N=20",
                "{type: parity, slices: [T=2-5, §T=2-5]} | stands twice",
                "{type: parity, examples: §0} | from 1 to",
                "{type: parity, text: §text.txt} | a text, which the probe parity does not use",
                "{type: needle, text: §text.txt} | or the option filler: text",
                "§{type: text-copying} | a text file, of whose words the probe is made",
                "{type: text-copying, text: §texd.txt} | did you mean 'text.txt'?",
                "{type: text-copying, text: text.txt, slices: [§T=900]} | copies 2 to 200 words",
                "`{type: parity}, {type: §parity}` | the key name",
                "{type: parity, §example: 4} | did you mean 'examples'?",
            })
    void aMistakeIsReportedInItsPlace(String probe, String message) throws IOException {
        Path recipe = folder.write("r.yaml", RECIPE.replace("PROBE", probe));
        List<Problem> problems = RecipeReader.problems(recipe, ReadOptions.none());
        assertEquals(folder.places(), problems.stream().map(RecipeFolder::place).toList(), problems::toString);
        assertTrue(problems.get(0).toString().contains(message), problems::toString);
    }

    @Test
    void theModeIsOneOfTwo() throws IOException {
        Path recipe =
                folder.write("r.yaml", RECIPE.replace("probes: [PROBE]", "probes: [{type: parity}], mode: §rank"));
        List<Problem> problems = RecipeReader.problems(recipe, ReadOptions.none());
        assertEquals(folder.places(), problems.stream().map(RecipeFolder::place).toList(), problems::toString);
        assertTrue(problems.get(0).toString().contains("ranking or vocabulary"), problems::toString);
    }
}
