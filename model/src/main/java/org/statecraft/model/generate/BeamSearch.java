package org.statecraft.model.generate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.statecraft.model.Decoder;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Snapshot;
import org.statecraft.model.Tokenizer;

/**
 * Looks for likely continuations of a prompt, breadth first: each step extends the kept texts by every token and keeps the likeliest
 * {@code beams} of the outcomes. A step costs a batch of so many rows.
 *
 * <p>The rules are those of transformers 4.40 ({@code BeamSearchScorer}, {@code early_stopping=False}): a text that ends counts if it is
 * among the best {@code beams} candidates of its step, and {@link Hypothesis#score} compares texts of different lengths. Convolution
 * windows and states move together to the row of the beam that goes on from them; adapters need no more, because what they put at the
 * begin of a sequence is in the states after the prompt, and a state offset is a weight.
 */
public final class BeamSearch {
    private final PromptReader reader;
    private final Vocabulary vocabulary;

    public BeamSearch(LanguageModel model, Tokenizer tokenizer) {
        this(model, tokenizer, null);
    }

    /**
     * Every prompt goes on from a snapshot, which the caller closes.
     *
     * @param start null for new sequences
     */
    public BeamSearch(LanguageModel model, Tokenizer tokenizer, Snapshot start) {
        tokenizer.requireFits(model.config().vocabSize());
        this.reader = new PromptReader(model, tokenizer, start);
        this.vocabulary = Vocabulary.of(model, tokenizer);
    }

    /** Continues one prompt; an empty one goes on from the snapshot, or starts from the end-of-text token. */
    public List<Hypothesis> search(String prompt, BeamOptions options) {
        return search(prompt, options, () -> {});
    }

    /** As above; {@code eachStep} is run before each new token, and what it throws ends the search. */
    public List<Hypothesis> search(String prompt, BeamOptions options, Runnable eachStep) {
        return search(reader.tokens(prompt), options, eachStep);
    }

    /**
     * As above, for the tokens of a prompt.
     *
     * @param prompt at least one token
     * @return best first; at most as many as there are beams, at least one
     */
    public List<Hypothesis> search(int[] prompt, BeamOptions options, Runnable eachStep) {
        PromptReader.Begin begin = reader.read(List.of(prompt));
        try (Decoder decoder = begin.decoder()) {
            return search(decoder, begin.logits(), options, eachStep);
        }
    }

    private List<Hypothesis> search(Decoder decoder, float[][] first, BeamOptions options, Runnable eachStep) {
        Finished finished = new Finished(options);
        int candidates = options.beams() * Math.max(2, 1 + vocabulary.ends());
        List<Beam> live = List.of(Beam.ROOT);
        float[][] logits = first;
        for (int length = 1; length <= options.maxTokens() && !live.isEmpty(); length++) {
            eachStep.run();
            if (length > 1) {
                logits = step(decoder, live);
            }
            List<Beam> extended = Beam.extended(live, logits, vocabulary.size(), candidates);
            live = goingOn(extended, options, finished);
            if (finished.complete(extended.get(0).sum(), length)) {
                return finished.hypotheses();
            }
        }
        for (Beam beam : live) {
            Generation text = generation(beam.tokens(), Generation.Finish.LENGTH, options.stop());
            finished.add(text, beam.sum(), Math.max(1, beam.tokens().length));
        }
        return finished.hypotheses();
    }

    /** Moves the carried states to the beams that go on from them and feeds each beam its last token. */
    private static float[][] step(Decoder decoder, List<Beam> beams) {
        decoder.keep(beams.stream().mapToInt(Beam::parent).toArray());
        return PromptReader.rows(
                decoder.step(beams.stream().mapToInt(Beam::last).toArray()));
    }

    /** The best candidates that have not ended; those that have, and are good enough, are finished. */
    private List<Beam> goingOn(List<Beam> candidates, BeamOptions options, Finished finished) {
        List<Beam> going = new ArrayList<>();
        for (int rank = 0; rank < candidates.size() && going.size() < options.beams(); rank++) {
            Beam beam = candidates.get(rank);
            Generation ended = ended(beam.tokens(), options.stop());
            if (ended == null) {
                going.add(beam);
            } else if (rank < options.beams()) {
                finished.add(ended, beam.sum(), beam.tokens().length);
            }
        }
        return going;
    }

    /** The text of tokens of which the last one ends it, or null. */
    private Generation ended(int[] tokens, List<String> stop) {
        int before = tokens.length - 1;
        if (vocabulary.ends(tokens[before])) {
            int[] kept = IntStream.of(tokens).limit(before).toArray();
            return generation(kept, Generation.Finish.END_OF_TEXT, stop);
        }
        // a beam holds few tokens, and decoding all of them again sees a stop text wherever tokens cut it
        return stop.isEmpty() || cut(reader.tokenizer().decode(tokens), stop) == null
                ? null
                : generation(tokens, Generation.Finish.STOP_TEXT, stop);
    }

    private Generation generation(int[] tokens, Generation.Finish finish, List<String> stop) {
        String text = reader.tokenizer().decode(tokens);
        String cut = cut(text, stop);
        return new Generation(cut == null ? text : cut, tokens, finish);
    }

    /** The text before the first stop text in it, or null. */
    private static String cut(String text, List<String> stop) {
        return stop.stream()
                .map(text::indexOf)
                .filter(at -> at >= 0)
                .min(Comparator.naturalOrder())
                .map(at -> text.substring(0, at))
                .orElse(null);
    }
}
