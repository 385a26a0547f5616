package org.statecraft.eval.probes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.statecraft.eval.python.PythonRandom;
import org.statecraft.model.InputException;

/**
 * A needle in a haystack: one sentence with a value, at a depth of a long text about other things, and a question for the value at the end.
 *
 * <p>The prompt has at most {@code T} tokens, filler filling them up; the needle stands behind {@code depth} percent of the filler. The
 * answer may be written, or the right value ranked among decoys of its kind. Source: Hsieh et al. 2024 (RULER); {@code docs/probes.md}.
 */
final class Needle implements TextProbe {
    static final String NAME = "needle";
    private static final List<String> GROUP = List.of(
            "The grass is green.", "The sky is blue.", "The sun is yellow.", "Here we go.", "There and back again.");
    private static final Map<String, String> KINDS = Map.of("numbers", "number", "words", "word", "uuids", "uuid");
    private static final int ALL = 100;
    private static final int ANSWER_TOKENS = 128;

    private final TextSource source;
    private final List<String> words;
    private final String values;
    private final int decoys;
    private final List<Integer> lengths;
    private final int depths;

    private Needle(TextSource source, ProbeOptions options) {
        this.source = source;
        this.values = options.choice("values", List.of("numbers", "words", "uuids"));
        this.decoys = options.number("decoys", 9, 1, 99);
        this.lengths = options.numbers("lengths", List.of(1024, 2048, 4096));
        this.depths = options.number("depths", 40, 2, ALL + 1);
        this.words =
                options.choice("filler", List.of("sentences", "text")).equals("text") ? source.words(NAME) : List.of();
    }

    static Needle of(ProbeOptions options, TextSource source) {
        return new Needle(source, options);
    }

    @Override
    public String name() {
        return NAME;
    }

    /** All depths of the shortest length, then of the next. */
    @Override
    public List<ProbeSlice> slices() {
        return lengths.stream()
                .flatMap(length -> IntStream.range(0, depths)
                        .mapToObj(i ->
                                ProbeSlice.of("T", length, "depth", (int) Math.round(i * (double) ALL / (depths - 1)))))
                .toList();
    }

    @Override
    public ProbeQuestion draw(PythonRandom random, ProbeSlice slice) {
        int length = slice.number("T");
        int depth = slice.number("depth");
        if (depth > ALL) {
            throw new InputException(
                    "probe " + NAME + " has depths from 0 to 100; the slice '" + slice + "' has " + depth);
        }
        String kind = KINDS.get(values);
        String key = Words.pair(random);
        List<String> drawn = Words.distinct(decoys + 1, () -> value(random));
        int gold = random.below(drawn.size());
        String needle = "One of the special magic " + values + " for " + key + " is: " + drawn.get(gold) + ".";
        String intro = "A special magic " + kind
                + " is hidden within the following text. Make sure to memorize it. I will quiz you" + " about the "
                + kind + " afterwards.\n";
        String subject = "the special magic " + kind + " for " + key + " mentioned in the provided text";
        String question = "\nWhat is " + subject + "? " + subject.replaceFirst("the", "The") + " is";
        int start = words.isEmpty() ? 0 : random.below(words.size());
        int count = TextSource.largest(
                length,
                n -> source.tokens().applyAsInt(intro + haystack(start, n, depth, needle) + question) <= length);
        if (count < 0) {
            throw new InputException("probe " + NAME + " cannot put its question into " + length + " tokens; raise T");
        }
        List<String> choices = drawn.stream().map(value -> " " + value).toList();
        String prompt = intro + haystack(start, count, depth, needle) + question;
        return new ProbeQuestion(
                prompt,
                choices,
                gold,
                List.of(drawn.get(gold)),
                ProbeQuestion.Match.CONTAINS,
                List.of(),
                ANSWER_TOKENS,
                slice);
    }

    private String value(PythonRandom random) {
        return switch (values) {
            case "words" -> Words.pair(random);
            case "uuids" -> Words.uuid(random);
            default -> Words.digits(random, 7, 1);
        };
    }

    /** {@code count} sentences or words of filler, from {@code start} round the text, with the needle among them. */
    private String haystack(int start, int count, int depth, String needle) {
        List<String> pieces = words.isEmpty() ? GROUP : words;
        List<String> filler = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            filler.add(pieces.get((start + i) % pieces.size()));
        }
        int at = (int) Math.round(count * (double) depth / ALL);
        if (!words.isEmpty()) {
            at = sentenceEnd(filler, at);
        }
        filler.add(at, needle);
        return String.join(" ", filler);
    }

    /** The place nearest to {@code at} where a sentence ends; the border of the text counts as one. */
    private static int sentenceEnd(List<String> filler, int at) {
        for (int away = 0; away <= filler.size(); away++) {
            for (int place : new int[] {at - away, at + away}) {
                boolean inside = place > 0 && place < filler.size();
                if (place == 0
                        || place == filler.size()
                        || (inside && filler.get(place - 1).matches(".*[.!?][\"')]?"))) {
                    return place;
                }
            }
        }
        return at;
    }
}
