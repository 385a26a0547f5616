package org.statecraft.eval.probes;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.statecraft.eval.python.PythonRandom;
import org.statecraft.model.InputException;

/**
 * A phone book of {@code N} lines, two of them repeated as examples, and the name of another entry; the answer is its number.
 *
 * <p>Numbers have ten digits, the first of 6 to 9. The answer is the first line written, or the right number is ranked among those of other
 * entries. Source: Jelassi et al. 2024 (Repeat After Me); {@code docs/probes.md}.
 */
final class PhoneBook implements TextProbe {
    static final String NAME = "phone-book";
    private static final int DIGITS = 10;
    private static final int FIRST_DIGIT = 6;
    private static final int EXAMPLES = 2;
    private static final int ANSWER_TOKENS = 50;

    private final int decoys;

    PhoneBook(int decoys) {
        this.decoys = decoys;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<ProbeSlice> slices() {
        return IntStream.of(10, 20, 50, 100, 200, 400)
                .mapToObj(entries -> ProbeSlice.of("N", entries))
                .toList();
    }

    /** Different names, {@code entries} of them. */
    static List<String> names(PythonRandom random, int entries) {
        if (entries > Words.fullNames() / 2) {
            throw new InputException("a phone book of " + entries
                    + " entries was asked for; there are names for at most " + Words.fullNames() / 2);
        }
        return Words.distinct(entries, () -> Words.fullName(random));
    }

    @Override
    public ProbeQuestion draw(PythonRandom random, ProbeSlice slice) {
        int entries = slice.number("N");
        if (entries <= EXAMPLES) {
            throw new InputException("probe " + NAME + " takes at least " + (EXAMPLES + 1) + " entries; the slice '"
                    + slice + "' has " + entries);
        }
        List<String> names = names(random, entries);
        List<String> numbers = Words.distinct(entries, () -> Words.digits(random, DIGITS, FIRST_DIGIT));
        int[] shown = Draws.distinct(random, 0, entries - 1, Math.min(entries, EXAMPLES + 1 + decoys));
        String book = lines(names, numbers, Draws.range(0, entries));
        String examples = lines(names, numbers, new int[] {shown[0], shown[1]});
        int asked = shown[EXAMPLES];
        // the right number and those of other entries, in the order of the book
        int[] ranked = IntStream.of(shown).skip(EXAMPLES).sorted().toArray();
        List<String> choices =
                IntStream.of(ranked).mapToObj(i -> " " + numbers.get(i)).toList();
        return new ProbeQuestion(
                book + "\n\n" + examples + "\n\n" + names.get(asked) + ":",
                choices,
                choices.indexOf(" " + numbers.get(asked)),
                List.of(numbers.get(asked)),
                ProbeQuestion.Match.LINE,
                List.of("\n"),
                ANSWER_TOKENS,
                slice);
    }

    private static String lines(List<String> names, List<String> numbers, int[] entries) {
        return IntStream.of(entries)
                .mapToObj(i -> names.get(i) + ": " + numbers.get(i))
                .collect(Collectors.joining("\n"));
    }
}
