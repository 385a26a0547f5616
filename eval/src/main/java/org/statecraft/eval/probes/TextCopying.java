package org.statecraft.eval.probes;

import java.util.List;
import java.util.stream.IntStream;
import org.statecraft.eval.python.PythonRandom;
import org.statecraft.model.InputException;

/**
 * Copying of running text: {@code T} words twice, and the first of them a third time; the answer is all the others.
 *
 * <p>Words are separated by single blanks. Source: Jelassi et al. 2024 (Repeat After Me); {@code docs/probes.md}.
 */
final class TextCopying implements TextProbe {
    static final String NAME = "text-copying";

    private final TextSource source;
    private final List<String> words;

    TextCopying(TextSource source) {
        this.source = source;
        this.words = source.words(NAME);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<ProbeSlice> slices() {
        return IntStream.of(10, 20, 50, 100, 200)
                .mapToObj(length -> ProbeSlice.of("T", length))
                .toList();
    }

    @Override
    public ProbeQuestion draw(PythonRandom random, ProbeSlice slice) {
        int length = Draws.between(random, slice.range("T"));
        if (length < 2 || length > words.size()) {
            throw new InputException("probe " + NAME + " copies 2 to " + words.size()
                    + " words of its text; the slice '" + slice + "' asks for " + length);
        }
        int start = random.below(words.size() - length + 1);
        List<String> copied = words.subList(start, start + length);
        String text = String.join(" ", copied);
        String rest = String.join(" ", copied.subList(1, length));
        return new ProbeQuestion(
                text + "\n\n" + text + "\n\n" + copied.get(0),
                List.of(),
                -1,
                List.of(rest),
                ProbeQuestion.Match.START,
                List.of("\n\n"),
                source.tokens().applyAsInt(" " + rest) + 1,
                slice);
    }
}
