package org.statecraft.workbench.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.statecraft.eval.probes.ProbeData;
import org.statecraft.eval.probes.ProbeScorer;
import org.statecraft.eval.probes.ProbeSlice;
import org.statecraft.eval.probes.Ranking;
import org.statecraft.eval.probes.Split;
import org.statecraft.eval.probes.TokenProbe;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.workbench.recipe.ReadOptions;
import org.statecraft.workbench.recipe.RecipeReader;
import org.statecraft.workbench.recipe.TrainStep;
import org.statecraft.workbench.testing.Workplace;

/** The shipped recall model answers what it was trained for, and has something to lose beyond. */
class RecallTinyTest {
    private static final Path FOLDER = Workplace.HOME.resolve("recipes/models/recall-tiny");
    private static final Path RECIPE = Workplace.HOME.resolve("recipes/train-recall.yaml");
    private static final long SEED = 20;
    private static final int SEQUENCES = 50;

    private static TrainStep step(Path recipe) {
        return (TrainStep) RecipeReader.read(recipe, ReadOptions.none())
                .get(0)
                .recipe()
                .steps()
                .get(0);
    }

    private static double accuracy(LanguageModel model, ProbeTokens tokens, String label) {
        ProbeSlice slice = ProbeSlice.parse(label);
        return new ProbeScorer(model, tokens.tokens(), Ranking.VOCABULARY, SEQUENCES)
                .score(
                        tokens.probe(),
                        slice,
                        ProbeData.draw(tokens.probe(), slice, Split.TEST, SEED, SEQUENCES),
                        (done, all) -> {})
                .positions()
                .value();
    }

    @Test
    void theFolderIsWholeSmallAndMadeByTheShippedRecipe() throws IOException {
        PublishedFolder.verify(FOLDER);
        assertTrue(Files.size(FOLDER.resolve("model.safetensors")) < 1_000_000);
        assertEquals(step(RECIPE), step(FOLDER.resolve("recipe.yaml")));
    }

    @Test
    void whatItWasTrainedForItAnswersAndMorePairsAreHarder() {
        TokenProbe probe = step(RECIPE).data().probe().probe();
        try (LanguageModel model = LanguageModel.load(FOLDER, Device.cpu());
                Tokenizer tokenizer = Tokenizer.load(FOLDER)) {
            ProbeTokens tokens = ProbeTokens.of(probe, tokenizer);
            double few = accuracy(model, tokens, "T=64 k=4");
            double trained = accuracy(model, tokens, "T=64 k=8");
            double all = accuracy(model, tokens, "T=128 k=31");
            String found = few + " with 4 pairs, " + trained + " with 8, " + all + " with all 31 keys";
            // a blind guess among the values is right once in 32 times
            assertTrue(few > 0.98 && trained > 0.97, found);
            assertTrue(all > 0.3 && all < trained - 0.03, found);
        }
    }
}
