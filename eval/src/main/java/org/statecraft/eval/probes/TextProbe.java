package org.statecraft.eval.probes;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.statecraft.eval.python.PythonRandom;
import org.statecraft.model.InputException;
import org.statecraft.model.NearestNames;

/** A generator of questions in text for language models. Instances are immutable. */
public sealed interface TextProbe permits Needle, PhoneBook, PhoneNumbers, TextCopying {

    /**
     * The probe of a name: {@code needle}, {@code phone-book}, {@code phone-numbers} or {@code text-copying}.
     *
     * @param options settings by name; absent ones have the defaults of {@code docs/probes.md}
     * @throws InputException for an unknown name, option or value, and where a text is needed but {@code source} has none
     */
    static TextProbe of(String name, Map<String, String> options, TextSource source) {
        ProbeOptions read = new ProbeOptions(name, options);
        TextProbe probe =
                switch (name) {
                    case Needle.NAME -> Needle.of(read, source);
                    case PhoneBook.NAME -> new PhoneBook(read.number("decoys", 9, 1, 99));
                    case PhoneNumbers.NAME -> new PhoneNumbers(source);
                    case TextCopying.NAME -> new TextCopying(source);
                    default ->
                        throw new InputException("there is no text probe '" + name + "'; there are "
                                + String.join(", ", names())
                                + NearestNames.to(name, names()).stream()
                                        .map(nearest -> "; did you mean '" + nearest + "'?")
                                        .findFirst()
                                        .orElse(""));
                };
        read.done();
        return probe;
    }

    static List<String> names() {
        return List.of(Needle.NAME, PhoneBook.NAME, PhoneNumbers.NAME, TextCopying.NAME);
    }

    /** The name by which {@link #of} finds it. */
    String name();

    /** The difficulties to test. */
    List<ProbeSlice> slices();

    /**
     * Draws a question; the same state of {@code random} gives the same question.
     *
     * @throws InputException when the slice cannot be drawn from
     */
    ProbeQuestion draw(PythonRandom random, ProbeSlice slice);

    /** Draws test questions of a slice from a stream of their own, as {@link ProbeData} does; no prompt comes twice. */
    default List<ProbeQuestion> questions(ProbeSlice slice, long seed, int count) {
        PythonRandom random = ProbeData.stream(seed + "/test/" + name() + "/" + slice.label());
        List<ProbeQuestion> questions = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int draws = 0; questions.size() < count && draws < 10L * count + 100; draws++) {
            ProbeQuestion question = draw(random, slice);
            if (seen.add(question.prompt())) {
                questions.add(question);
            }
        }
        return questions;
    }
}
