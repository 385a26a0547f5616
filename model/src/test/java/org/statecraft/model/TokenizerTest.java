package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.statecraft.model.testing.Fixtures;

/** Which token ends a text, what stands before a prompt, and which tokenizer is asked for. */
class TokenizerTest {
    /** Words between blanks, and {@code <s>} before a prompt, as the tokenizers of the Llama family put it. */
    private static final String WORDS =
            """
            {"version": "1.0", "truncation": null, "padding": null, "normalizer": null, "decoder": null,
             "added_tokens": [%s],
             "pre_tokenizer": {"type": "WhitespaceSplit"},
             "post_processor": {"type": "TemplateProcessing",
               "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
               "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
               "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}},
             "model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "<s>": 1, "</s>": 2, "sea": 3, "ship": 4, "end": 5}}}""";

    private static final String SPECIAL =
            """
            {"id": %d, "content": "%s", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
             "special": true}""";

    @TempDir
    private Path folder;

    private void write(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }

    private void writeTokenizer() throws IOException {
        write("tokenizer.json", WORDS.formatted(SPECIAL.formatted(1, "<s>") + "," + SPECIAL.formatted(2, "</s>")));
    }

    private int endOfText() {
        try (Tokenizer tokenizer = Tokenizer.load(folder)) {
            return tokenizer.endOfText();
        }
    }

    @Test
    void theEndOfATextIsReadWhereItIsSaidMostClearly() throws IOException {
        writeTokenizer();
        assertEquals(2, endOfText(), "</s> of the tokenizer itself");
        write("config.json", "{\"eos_token_id\": 3}");
        assertEquals(3, endOfText());
        write("generation_config.json", "{\"eos_token_id\": [4, 3]}");
        assertEquals(4, endOfText());
        write("tokenizer_config.json", "{\"eos_token\": \"end\"}");
        assertEquals(5, endOfText());
        write("tokenizer_config.json", "{\"eos_token\": {\"content\": \"</s>\", \"special\": true}}");
        assertEquals(2, endOfText());
        write("tokenizer_config.json", "{\"eos_token\": null}");
        assertEquals(4, endOfText());
        write("generation_config.json", "{\"eos_token_id\": 99}");
        assertEquals(3, endOfText(), "99 is no token");
    }

    @Test
    void aPromptBeginsAsTheTokenizerSaysAndATextDoesNot() throws IOException {
        writeTokenizer();
        try (Tokenizer tokenizer = Tokenizer.load(folder)) {
            assertArrayEquals(new int[] {4, 0, 3}, tokenizer.encode("ship at sea"));
            assertArrayEquals(new int[] {1, 4, 0, 3}, tokenizer.encodePrompt("ship at sea"));
            assertEquals(6, tokenizer.size());
        }
    }

    @Test
    void theTokenizerOfThePileAddsNothing() {
        Path file = Fixtures.dir("tokenizers").resolve("20B_tokenizer.json");
        try (Tokenizer tokenizer = Tokenizer.ofFile(file)) {
            assertEquals(50277, tokenizer.size());
            assertEquals(0, tokenizer.endOfText());
            assertArrayEquals(tokenizer.encode("Call me"), tokenizer.encodePrompt("Call me"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "config.json | {\"d_model\": 768, \"vocab_size\": 50277} | EleutherAI/gpt-neox-20b",
                "config.json | {\"model_type\": \"mamba\", \"vocab_size\": 50280} | EleutherAI/gpt-neox-20b",
                "config.json | {\"model_type\": \"mamba2\", \"vocab_size\": 50288, \"n_groups\": 1} | EleutherAI/gpt-neox-20b",
                "config.json | {\"model_type\": \"falcon_mamba\", \"vocab_size\": 65024} | tiiuae/falcon-mamba-7b",
                "config.json | {\"model_type\": \"mamba2\"} | mistralai/Mamba-Codestral-7B-v0.1",
                "params.json | {\"dim\": 4096, \"model_type\": \"mamba\"} | mistralai/Mamba-Codestral-7B-v0.1",
                "config.json | {\"model_type\": \"mamba\", \"vocab_size\": 97} | of at most 97 tokens",
                "config.json | {\"model_type\": \"gpt2\"} | the tokenizer that the model was trained with",
            })
    void aMissingTokenizerIsAskedForByName(String file, String config, String named) throws IOException {
        write(file, config);
        InputException failure = assertThrows(InputException.class, () -> Tokenizer.load(folder));
        assertTrue(failure.getMessage().startsWith(folder + " holds no tokenizer.json; put there "));
        assertTrue(failure.getMessage().contains(named), failure.getMessage());
    }
}
