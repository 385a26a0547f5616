package org.statecraft.model.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.statecraft.model.Tokenizer;

/** A tokenizer for the tiny models, which have none: the words {@code t0 t1 t2 …} are the ids. */
public final class WordTokenizer {
    private WordTokenizer() {}

    /** Puts a {@code tokenizer.json} of so many words into a folder, and loads it. */
    public static Tokenizer create(Path folder, int vocabulary) {
        String words = IntStream.range(0, vocabulary)
                .mapToObj(id -> "\"t" + id + "\":" + id)
                .collect(Collectors.joining(","));
        try {
            Files.writeString(
                    folder.resolve("tokenizer.json"),
                    """
                    {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
                     "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": null, "decoder": null,
                     "model": {"type": "WordLevel", "unk_token": "t0", "vocab": {%s}}}
                    """
                            .formatted(words));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Tokenizer.load(folder);
    }

    /** The text of ids. */
    public static String text(long... ids) {
        return LongStream.of(ids).mapToObj(id -> "t" + id).collect(Collectors.joining(" "));
    }
}
