package org.statecraft.eval.probes;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.statecraft.eval.python.PythonRandom;
import org.statecraft.model.InputException;

/**
 * A phone book of {@code N} entries and a question for {@code k} of its numbers at once, asked before the book and again behind it. The score
 * is the share of numbers in the answer.
 *
 * <p>Source: Blouir et al. 2024 (Birdie); {@code docs/probes.md}.
 */
final class PhoneNumbers implements TextProbe {
    static final String NAME = "phone-numbers";
    private static final int MOST = 32;
    private static final String ANSWER = "\nThe phone numbers are:";

    private final TextSource source;

    PhoneNumbers(TextSource source) {
        this.source = source;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<ProbeSlice> slices() {
        return IntStream.of(1, 2, 4, 8, 16, 32)
                .mapToObj(asked -> ProbeSlice.of("k", asked).and("N", 750, 800))
                .toList();
    }

    @Override
    public ProbeQuestion draw(PythonRandom random, ProbeSlice slice) {
        int entries = Draws.between(random, slice.range("N"));
        int asked = slice.number("k");
        if (asked < 1 || asked > Math.min(MOST, entries)) {
            throw new InputException("probe " + NAME + " asks for 1 to " + MOST
                    + " numbers of a book that has them; the slice '" + slice + "' asks for " + asked);
        }
        List<String> names = PhoneBook.names(random, entries);
        List<String> numbers = Words.distinct(entries, () -> number(random));
        int[] wanted = Draws.distinct(random, 0, entries - 1, asked);
        String question = "What are the phone numbers for "
                + list(IntStream.of(wanted).mapToObj(names::get).toList()) + "?";
        String book = IntStream.range(0, entries)
                .mapToObj(i -> names.get(i) + ": " + numbers.get(i))
                .collect(Collectors.joining("\n"));
        List<String> expected = IntStream.of(wanted).mapToObj(numbers::get).toList();
        int answer = source.tokens().applyAsInt(" " + String.join(", ", expected));
        return new ProbeQuestion(
                question + " Find them in the phonebook below.\n\n" + book + "\n\n" + question + ANSWER,
                List.of(),
                -1,
                expected,
                ProbeQuestion.Match.CONTAINS,
                List.of("\n\n"),
                2 * answer,
                slice);
    }

    private static String number(PythonRandom random) {
        return Words.digits(random, 3, 2) + "-" + Words.digits(random, 3, 2) + "-" + Words.digits(random, 4, 0);
    }

    /** {@code A}, {@code A and B}, or {@code A, B, and C}. */
    private static String list(List<String> names) {
        int last = names.size() - 1;
        if (last < 2) {
            return String.join(" and ", names);
        }
        return String.join(", ", names.subList(0, last)) + ", and " + names.get(last);
    }
}
