package org.statecraft.model.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.statecraft.model.Decoder;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.ModelState;
import org.statecraft.model.Snapshot;
import org.statecraft.model.Tokenizer;

/**
 * Continues prompts: one prefill of all of them leaves the carried states, then each step gives every text one token. Texts
 * that have ended leave the batch.
 *
 * <p>Each prompt has a sampler of its own with the seed of the options, so a text does not depend on the prompts beside it.
 */
public final class Generator {
    /** Texts that grow together; further prompts wait, because each text carries a state. */
    private static final int ROWS = 16;

    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final Vocabulary vocabulary;
    private final PromptReader reader;

    public Generator(LanguageModel model, Tokenizer tokenizer) {
        this(model, tokenizer, null);
    }

    /**
     * Every prompt goes on from a snapshot, which the caller closes.
     *
     * @param start null for new sequences
     */
    public Generator(LanguageModel model, Tokenizer tokenizer, Snapshot start) {
        tokenizer.requireFits(model.config().vocabSize());
        this.model = model;
        this.tokenizer = tokenizer;
        this.vocabulary = Vocabulary.of(model, tokenizer);
        this.reader = new PromptReader(model, tokenizer, start);
    }

    /** Follows texts while they grow. */
    @FunctionalInterface
    public interface Listener {
        /**
         * A text has grown. The pieces of a text put together are {@link Generation#text()}. They hold whole characters, and
         * nothing of a stop text.
         *
         * @param row place of the prompt in the list
         * @param piece never empty
         */
        void text(int row, String piece);

        /**
         * A text has ended.
         *
         * @param state takes a snapshot after the prompt and all new tokens; may be asked during this call only
         */
        default void ended(int row, Generation generation, Supplier<Snapshot> state) {}
    }

    /** Continues one prompt; an empty one goes on from the snapshot, or starts from the end-of-text token. */
    public Generation generate(String prompt, SamplingOptions options) {
        return generate(List.of(prompt), options).get(0);
    }

    /** Continues several prompts together; the texts are those that each prompt has alone. */
    public List<Generation> generate(List<String> prompts, SamplingOptions options) {
        return generate(prompts, options, (row, piece) -> {});
    }

    /** As above; the listener is called in this thread, and what it throws ends the generation. */
    public List<Generation> generate(List<String> prompts, SamplingOptions options, Listener listener) {
        return generateTokens(prompts.stream().map(reader::tokens).toList(), options, listener);
    }

    /** As above, for the tokens of prompts, each at least one. */
    public List<Generation> generateTokens(List<int[]> prompts, SamplingOptions options) {
        return generateTokens(prompts, options, (row, piece) -> {});
    }

    private List<Generation> generateTokens(List<int[]> prompts, SamplingOptions options, Listener listener) {
        List<Row> rows = new ArrayList<>();
        for (int[] prompt : prompts) {
            rows.add(new Row(rows.size(), prompt, options, new TextStream(tokenizer, options.stop())));
        }
        for (int from = 0; from < rows.size(); from += ROWS) {
            generateTogether(rows.subList(from, Math.min(rows.size(), from + ROWS)), listener);
        }
        return rows.stream().map(Row::generation).toList();
    }

    private void generateTogether(List<Row> rows, Listener listener) {
        PromptReader.Begin begin = reader.read(rows.stream().map(Row::prompt).toList());
        try (Decoder decoder = begin.decoder()) {
            decode(decoder, rows, begin.logits(), listener);
        }
    }

    private void decode(Decoder decoder, List<Row> rows, float[][] first, Listener listener) {
        List<Row> going = rows;
        float[][] logits = first;
        while (true) {
            List<Integer> kept = new ArrayList<>();
            for (int i = 0; i < going.size(); i++) {
                if (advance(decoder, going.get(i), i, logits[i], listener)) {
                    kept.add(i);
                }
            }
            if (kept.isEmpty()) {
                return;
            }
            if (kept.size() < going.size()) {
                decoder.keep(kept.stream().mapToInt(Integer::intValue).toArray());
                going = kept.stream().map(going::get).toList();
            }
            logits = PromptReader.rows(
                    decoder.step(going.stream().mapToInt(Row::token).toArray()));
        }
    }

    /** Gives a text its next token; false when it has ended. */
    private boolean advance(Decoder decoder, Row row, int at, float[] logits, Listener listener) {
        String piece = row.advance(logits, vocabulary);
        if (!piece.isEmpty()) {
            listener.text(row.index(), piece);
        }
        if (row.ended()) {
            listener.ended(row.index(), row.generation(), () -> snapshot(decoder.state(), row, at, logits));
        }
        return !row.ended();
    }

    private Snapshot snapshot(ModelState states, Row row, int at, float[] logits) {
        long tokens =
                row.length() + (reader.start() == null ? 0 : reader.start().tokens());
        try (ModelState own = states.rows(at)) {
            if (!row.owesToken()) {
                return Snapshot.of(model, own, logits, tokens);
            }
            try (Decoder alone = model.decoder(own)) {
                float[] after = PromptReader.rows(alone.step(new int[] {row.token()}))[0];
                return Snapshot.of(model, alone.state(), after, tokens);
            }
        }
    }
}
