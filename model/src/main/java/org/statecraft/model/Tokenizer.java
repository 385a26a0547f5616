package org.statecraft.model;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.statecraft.model.files.JsonFiles;

/** Text to token ids and back by a local {@code tokenizer.json}; cuts nothing, pads nothing. */
public final class Tokenizer implements AutoCloseable {
    static final String FILE = "tokenizer.json";
    /** What ends a text, where nothing but the tokenizer itself says it. */
    private static final List<String> ENDS = List.of("<|endoftext|>", "</s>");

    /** Tokens of Codestral's vocabulary. */
    private static final int CODESTRAL_TOKENS = 32768;

    /** Tokens of the GPT-NeoX tokenizer; configurations count up to 15 rows of padding more. */
    private static final int PILE_TOKENS = 50277;

    private final HuggingFaceTokenizer tokenizer;
    private final Path file;
    private final Map<String, Integer> ids;
    private final int size;
    private final int endOfText;

    private Tokenizer(HuggingFaceTokenizer tokenizer, Path file, Map<String, Integer> ids, int endOfText) {
        this.tokenizer = tokenizer;
        this.file = file;
        this.ids = ids;
        this.size = Collections.max(ids.values()) + 1;
        this.endOfText = endOfText;
    }

    /**
     * Loads {@code tokenizer.json} of a model folder. The end of a text is what {@code tokenizer_config.json},
     * {@code generation_config.json} or {@code config.json} there name first.
     */
    public static Tokenizer load(Path modelFolder) {
        Path file = modelFolder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new InputException(modelFolder + " holds no " + FILE + "; put there " + wanted(modelFolder));
        }
        return open(file, modelFolder);
    }

    /** Loads a tokenizer file on its own. */
    public static Tokenizer ofFile(Path file) {
        return open(file, null);
    }

    /** Where the tokenizer of a model can be had, as far as its configuration tells. */
    private static String wanted(Path modelFolder) {
        ModelConfig config;
        try {
            config = Configuration.read(modelFolder).config();
        } catch (InputException e) {
            return "the file of the tokenizer that the model was trained with";
        }
        String own = "that of the model itself, from the repository of its weights";
        if (config.architecture().equals("FalconMamba")) {
            return own + " (tiiuae/falcon-mamba-7b)";
        }
        if (config.vocabSize() == CODESTRAL_TOKENS) {
            return own + " (mistralai/Mamba-Codestral-7B-v0.1)";
        }
        return config.vocabSize() >= PILE_TOKENS && config.vocabSize() < PILE_TOKENS + 16
                ? "that of EleutherAI/gpt-neox-20b, with which models of the Pile were trained"
                : "the one that the model was trained with, of at most " + config.vocabSize() + " tokens";
    }

    private static Tokenizer open(Path file, Path modelFolder) {
        JsonNode json = JsonFiles.read(file);
        Map<String, Integer> ids = new HashMap<>();
        json.path("model")
                .path("vocab")
                .properties()
                .forEach(e -> ids.put(e.getKey(), e.getValue().intValue()));
        json.path("added_tokens")
                .forEach(token ->
                        ids.put(token.path("content").asText(), token.path("id").intValue()));
        if (ids.isEmpty()) {
            throw new InputException(file + " holds no vocabulary; is it a Hugging Face tokenizer file?");
        }
        Map<String, String> options = Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");
        try {
            return new Tokenizer(
                    HuggingFaceTokenizer.newInstance(file, options), file, ids, endOfText(modelFolder, ids));
        } catch (IOException | RuntimeException e) {
            throw new InputException(file + " is not a tokenizer file that can be used: " + e.getMessage(), e);
        }
    }

    private static int endOfText(Path modelFolder, Map<String, Integer> ids) {
        JsonNode named = sibling(modelFolder, "tokenizer_config.json").path("eos_token");
        Integer id = ids.get(named.isObject() ? named.path("content").asText() : named.asText());
        if (id != null) {
            return id;
        }
        for (String file : List.of("generation_config.json", "config.json")) {
            JsonNode written = sibling(modelFolder, file).path("eos_token_id");
            JsonNode first = written.isArray() ? written.path(0) : written;
            if (first.isInt() && ids.containsValue(first.intValue())) {
                return first.intValue();
            }
        }
        return ENDS.stream().filter(ids::containsKey).findFirst().map(ids::get).orElse(0);
    }

    private static JsonNode sibling(Path modelFolder, String name) {
        Path file = modelFolder == null ? null : modelFolder.resolve(name);
        return file != null && Files.isRegularFile(file) ? JsonFiles.read(file) : MissingNode.getInstance();
    }

    /** One more than the highest id. */
    public int size() {
        return size;
    }

    /** The id that ends a text, such as that of {@code <|endoftext|>}; it also stands before a text and for padding. */
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

    /** Fails when a token of one of the two has another id, or none, in the other. */
    public void requireSameTokens(Tokenizer other) {
        if (ids.equals(other.ids)) {
            return;
        }
        String different = Stream.concat(ids.keySet().stream(), other.ids.keySet().stream())
                .filter(token -> !Objects.equals(ids.get(token), other.ids.get(token)))
                .min(Comparator.naturalOrder())
                .orElseThrow();
        throw new InputException("the token '" + different + "' has the id " + ids.get(different) + " in " + file
                + " and " + other.ids.get(different) + " in " + other.file
                + "; expected the same ids for all tokens: choose models with one tokenizer");
    }

    /** The tokens of a text, no special ones added. */
    public int[] encode(String text) {
        return encode(text, false);
    }

    /** The tokens of a prompt: those of {@link #encode} behind what this tokenizer puts before a text, such as {@code <s>}. */
    public int[] encodePrompt(String text) {
        return encode(text, true);
    }

    private int[] encode(String text, boolean special) {
        try {
            return Arrays.stream(tokenizer.encode(text, special, false).getIds())
                    .mapToInt(Math::toIntExact)
                    .toArray();
        } catch (RuntimeException e) {
            throw new InputException(file + " cannot encode the text: " + e.getMessage(), e);
        }
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
