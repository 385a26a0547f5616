package org.statecraft.workbench.execute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Tokenizer;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.initialstate.InitialStateConfig;
import org.statecraft.workbench.recipe.InitialStateSpec;
import org.statecraft.workbench.recipe.MethodSpec;
import org.statecraft.workbench.recipe.PrefixSpec;
import org.statecraft.workbench.recipe.PromptSpec;
import org.statecraft.workbench.testing.Workplace;

/** What recipes say about the methods at the start of sequences arrives in the adapters. */
class MethodFactoryTest {
    private static final Path MODEL = Workplace.HOME.resolve("recipes/models/books-4m");

    @Test
    void sizesAndLayersAreThoseOfTheRecipe() {
        try (LanguageModel model = LanguageModel.load(MODEL, Device.cpu());
                Tokenizer tokenizer = Tokenizer.load(MODEL)) {
            MethodFactory factory = new MethodFactory(tokenizer, 7, null);
            long state = 512 * 64;
            long window = 640 * 3;
            assertSize(factory, model, new InitialStateSpec(InitialStateConfig.Form.STATE, "all"), 8 * state);
            assertSize(
                    factory,
                    model,
                    new InitialStateSpec(InitialStateConfig.Form.STATE_AND_WINDOW, "0-1,7"),
                    3 * (state + window));
            assertSize(factory, model, new PromptSpec(5, PromptSpec.Init.RANDOM, null), 5 * 256);
            assertSize(factory, model, new PrefixSpec(3, null, "2-4"), 3 * 3 * 1160);
            long network = 3 * 1160 + 1160 * 4 + 4 + 4 * 1160 + 1160;
            assertSize(factory, model, new PrefixSpec(3, 4, "2"), network);
        }
    }

    private static void assertSize(MethodFactory factory, LanguageModel model, MethodSpec method, long size) {
        try (TunableAdapter adapter = factory.create(method, model)) {
            assertEquals(size, adapter.parameterCount(), method::summary);
        }
    }

    @Test
    void aPromptFromATextRepeatsItsTokens() {
        try (LanguageModel model = LanguageModel.load(MODEL, Device.cpu());
                Tokenizer tokenizer = Tokenizer.load(MODEL);
                NDManager scope = model.newScope();
                TunableAdapter prompt = new MethodFactory(tokenizer, 7, null)
                        .create(new PromptSpec(7, PromptSpec.Init.TEXT, "To be, or not"), model)) {
            int[] once = tokenizer.encode("To be, or not");
            long[] ids = new long[7];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = once[i % once.length];
            }
            NDArray expected = model.embedding().rows(scope.create(ids));
            assertArrayEquals(expected.toFloatArray(), prompt.promptRows().toFloatArray());
            assertEquals(List.of(), prompt.layers());
        }
    }
}
