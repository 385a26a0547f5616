package org.statecraft.peft.prompt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Output;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.safetensors.SafetensorsFile;
import org.statecraft.model.testing.Fixtures;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.files.AdapterFiles;

/** What prompts start from, and those of Hugging Face peft. */
class PromptTest {
    private static final Path GENUINE = Fixtures.dir("peft", "interop", "prompt-tuning");

    @TempDir
    private Path folder;

    static List<KernelCase> cases() {
        return KernelCase.full();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void anUntrainedPromptFromATextIsThatTextInFront(KernelCase c) {
        try (ModelCase base = c.open();
                Prompt prompt = Prompt.create(
                        base.model(), 5, new PromptStart.Text("a text of three tokens", List.of(7, 30, 2)), 0)) {
            NDArray ids = base.array("input_ids");
            NDArray front = base.scope().create(new long[][] {{7, 30, 2, 7, 30}, {7, 30, 2, 7, 30}});
            Output explicit = base.model().forward(front.concat(ids, 1));
            Output prompted = base.model().with(prompt).forward(ids);
            assertClose("hidden", explicit.hidden().get(new NDIndex(":, 5:")), prompted.hidden(), Tolerances.SITES);
            assertFalse(prompt.startsFromTheModel());
        }
    }

    /** Pitfall 8 of the methods reference: the first pass ends while the convolution still sees the prompt. */
    @ParameterizedTest
    @MethodSource("cases")
    void aShortFirstPassAndStepsEqualTheWholeSequence(KernelCase c) {
        for (int count : new int[] {1, 2, 5}) {
            try (ModelCase base = c.open();
                    Prompt prompt = Prompt.create(base.model(), count, new PromptStart.Random(), 1)) {
                LanguageModel model = base.model().with(prompt);
                NDArray ids = base.array("input_ids");
                NDArray whole = model.forward(ids).hidden();
                Output output = model.forward(ids.get(":, :1"));
                for (long t = 1; t < 7; t++) {
                    NDArray token = ids.get(new NDIndex(":, {}:{}", t, t + 1));
                    output = model.forward(TokenBatch.of(token), output.state(), null);
                    NDArray expected = whole.get(new NDIndex(":, {}:{}", t, t + 1));
                    assertClose(count + " rows, position " + t, expected, output.hidden(), Tolerances.SITES);
                }
            }
        }
    }

    @Test
    void theVocabularyGivesRowsOfTheEmbeddingAndTheSeedSaysWhich() {
        try (ModelCase base = ModelCase.open("mamba2-tiny-g1-ss")) {
            float[] first = values(base, new PromptStart.Vocabulary(), 1);
            assertArrayEquals(first, values(base, new PromptStart.Vocabulary(), 1));
            assertFalse(Arrays.equals(first, values(base, new PromptStart.Vocabulary(), 2)));
            float[] embedding = base.model().embedding().value(base.scope()).toFloatArray();
            int width = first.length / 20;
            for (int row = 0; row < 20; row++) {
                int at = row;
                float[] drawn = Arrays.copyOfRange(first, at * width, (at + 1) * width);
                boolean found = false;
                for (int token = 0; token < base.model().config().vocabSize(); token++) {
                    found |= Arrays.equals(drawn, Arrays.copyOfRange(embedding, token * width, (token + 1) * width));
                }
                assertTrue(found, "row " + row + " is that of a token");
            }
        }
    }

    @Test
    void aRandomPromptIsNormal() {
        try (ModelCase base = ModelCase.open("mamba2-tiny-g1")) {
            float[] values = values(base, new PromptStart.Random(), 1);
            double squares = 0;
            for (float value : values) {
                squares += value * value;
            }
            assertEquals(1, squares / values.length, 0.2);
            assertFalse(Arrays.equals(values, values(base, new PromptStart.Random(), 2)));
        }
    }

    private static float[] values(ModelCase base, PromptStart start, long seed) {
        try (Prompt prompt = Prompt.create(base.model(), 20, start, seed)) {
            return prompt.promptRows().toFloatArray();
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void aPromptOfHuggingFacePeftGivesItsLogits(KernelCase c) {
        try (ModelCase base = c.open();
                TunableAdapter prompt = AdapterFiles.load(GENUINE.resolve("adapter"), base.model());
                SafetensorsFile golden = SafetensorsFile.open(GENUINE.resolve("golden.safetensors"))) {
            LanguageModel model = base.model().with(prompt);
            Output output = model.forward(golden.array(base.scope(), "input_ids"));
            assertClose(
                    "logits", golden.array(base.scope(), "logits"), model.logits(output.hidden()), Tolerances.LOGITS);
            JsonNode figures = Fixtures.json(GENUINE.resolve("golden.json"));
            NDArray labels = golden.array(base.scope(), "labels");
            double sum = model.lossSum(TokenBatch.of(golden.array(base.scope(), "input_ids")), labels)
                    .getFloat();
            long counted = labels.get(":, 1:").neq(-100).sum().getLong();
            assertEquals(figures.path("loss").asDouble(), sum / counted, Tolerances.LOSS);
        }
    }

    static List<KernelCase> kernels() {
        return cases().stream().filter(c -> c.model().equals("mamba2-tiny-g1")).toList();
    }

    @Test
    void oursHaveEveryKeyThatPeftWrites() {
        try (ModelCase base = ModelCase.open("mamba2-tiny-g1")) {
            JsonNode genuine = Fixtures.json(GENUINE.resolve("adapter/adapter_config.json"));
            PromptStart text = new PromptStart.Text("to be", List.of(1, 2));
            try (Prompt prompt = Prompt.create(base.model(), 5, text, 0)) {
                AdapterFiles.save(prompt, "models/some", folder.resolve("ours"));
            }
            JsonNode ours = Fixtures.json(folder.resolve("ours/adapter_config.json"));
            List<String> missing = new ArrayList<>();
            genuine.fieldNames().forEachRemaining(key -> {
                if (!ours.has(key)) {
                    missing.add(key);
                }
            });
            assertEquals(List.of(), missing);
            for (String key : List.of("num_virtual_tokens", "token_dim", "num_layers", "num_attention_heads")) {
                assertEquals(genuine.path(key), ours.path(key), key);
            }
            assertEquals("TEXT", ours.path("prompt_tuning_init").asText());
            assertEquals("to be", ours.path("prompt_tuning_init_text").asText());
            // peft asks for it with a text
            assertEquals("models/some", ours.path("tokenizer_name_or_path").asText());
            try (TunableAdapter loaded = AdapterFiles.load(folder.resolve("ours"), base.model())) {
                AdapterFiles.save(loaded, "models/some", folder.resolve("again"));
            }
            assertEquals(ours, Fixtures.json(folder.resolve("again/adapter_config.json")));
        }
    }

    @Test
    void aTextWithoutATokenIsRefused() {
        assertThrows(InputException.class, () -> new PromptStart.Text("", List.of()));
    }
}
