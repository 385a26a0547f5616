package org.statecraft.model;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.statecraft.model.files.JsonFiles;

/** Text to token ids and back by a local {@code tokenizer.json}; adds no special tokens, cuts nothing, pads nothing. */
public final class Tokenizer implements AutoCloseable {
    private final HuggingFaceTokenizer tokenizer;
    private final Path file;
    private final int size;
    private final int endOfText;

    private Tokenizer(HuggingFaceTokenizer tokenizer, Path file, int size, int endOfText) {
        this.tokenizer = tokenizer;
        this.file = file;
        this.size = size;
        this.endOfText = endOfText;
    }

    /** Loads {@code tokenizer.json} of a model folder. */
    public static Tokenizer load(Path modelFolder) {
        Path file = modelFolder.resolve("tokenizer.json");
        if (!Files.isRegularFile(file)) {
            throw new InputException(
                    modelFolder + " holds no tokenizer.json; put the file of the model's tokenizer there"
                            + " (models trained on the Pile use that of EleutherAI/gpt-neox-20b)");
        }
        return ofFile(file);
    }

    /** Loads a tokenizer file. */
    public static Tokenizer ofFile(Path file) {
        JsonNode json = JsonFiles.read(file);
        int highest = -1;
        for (JsonNode id : json.path("model").path("vocab")) {
            highest = Math.max(highest, id.intValue());
        }
        int endOfText = 0;
        for (JsonNode token : json.path("added_tokens")) {
            highest = Math.max(highest, token.path("id").intValue());
            if (token.path("content").asText().equals("<|endoftext|>")) {
                endOfText = token.path("id").intValue();
            }
        }
        if (highest < 0) {
            throw new InputException(file + " holds no vocabulary; is it a Hugging Face tokenizer file?");
        }
        Map<String, String> options = Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");
        try {
            return new Tokenizer(HuggingFaceTokenizer.newInstance(file, options), file, highest + 1, endOfText);
        } catch (IOException | RuntimeException e) {
            throw new InputException(file + " is not a tokenizer file that can be used: " + e.getMessage(), e);
        }
    }

    /** One more than the highest id. */
    public int size() {
        return size;
    }

    /** The id of {@code <|endoftext|>}: begin and end of a text, and padding. */
    public int endOfText() {
        return endOfText;
    }

    /** Fails when the tokenizer can give ids that the model has no row for. */
    public void requireFits(int vocabularyRows) {
        if (size > vocabularyRows) {
            throw new InputException(file + " has ids up to " + (size - 1) + ", but the model has only "
                    + vocabularyRows + " embedding rows: this tokenizer belongs to another model");
        }
    }

    public int[] encode(String text) {
        return Arrays.stream(tokenizer.encode(text, false, false).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    /** The text of the tokens, special ones left out. */
    public String decode(int[] tokens) {
        return tokenizer.decode(IntStream.of(tokens).asLongStream().toArray(), true);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
