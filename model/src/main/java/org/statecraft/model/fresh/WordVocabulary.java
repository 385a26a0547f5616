package org.statecraft.model.fresh;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.model.files.AtomicFiles;

/**
 * A vocabulary of whole words between blanks, as {@code tokenizer.json} in the format of Hugging Face tokenizers: the id of a
 * word is its place, and the token that ends a text comes last.
 *
 * @param words without blanks, all different
 */
public record WordVocabulary(List<String> words) {
    private static final String END = "<|endoftext|>";

    public WordVocabulary {
        words = List.copyOf(words);
        if (new HashSet<>(words).size() < words.size() || words.contains(END)) {
            throw new IllegalArgumentException("words that stand twice among " + words);
        }
        if (words.stream().anyMatch(word -> word.isEmpty() || word.chars().anyMatch(Character::isWhitespace))) {
            throw new IllegalArgumentException("empty words or blanks within words among " + words);
        }
    }

    /** The id that ends a text. */
    public int endOfText() {
        return words.size();
    }

    /** Number of tokens. */
    public int size() {
        return words.size() + 1;
    }

    /** Writes {@code tokenizer.json} into a folder that is there. */
    public void write(Path folder) {
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        words.forEach(word -> vocabulary.put(word, vocabulary.size()));
        vocabulary.put(END, endOfText());
        Map<String, Object> end = new LinkedHashMap<>();
        end.put("id", endOfText());
        end.put("content", END);
        List.of("single_word", "lstrip", "rstrip", "normalized").forEach(key -> end.put(key, false));
        end.put("special", true);
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("type", "WordLevel");
        model.put("vocab", vocabulary);
        // not in the vocabulary, so that an unknown word is an error and not some other word
        model.put("unk_token", "<unk>");
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", "1.0");
        json.put("truncation", null);
        json.put("padding", null);
        json.put("added_tokens", new ArrayList<>(List.of(end)));
        json.put("normalizer", null);
        json.put("pre_tokenizer", Map.of("type", "WhitespaceSplit"));
        json.put("post_processor", null);
        json.put("decoder", null);
        json.put("model", model);
        AtomicFiles.writeJson(folder.resolve("tokenizer.json"), json);
    }
}
