package org.statecraft.eval.probes;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.statecraft.eval.python.PythonRandom;
import org.statecraft.model.InputException;

/**
 * The probe of a formal language: after each letter of a string, is what was read a string itself, or which letters may follow?
 *
 * <p>Lengths are drawn uniformly among those of the slice that the language has. The alphabet is the letters and then those answers that are
 * no letter. Source: Bhattamishra et al. 2020, Sarrof et al. 2024; {@code docs/probes.md}.
 *
 * @param letters one character each
 * @param asked all answers, among which they are ranked
 * @param source draws strings and answers with a machine
 * @param definition the recogniser
 * @param bins length ranges, the first of which is trained on
 */
record FormalLanguage(
        String name,
        Letters letters,
        List<String> asked,
        StringSource source,
        Definition definition,
        List<ProbeSlice> bins)
        implements TokenProbe {

    @Override
    public List<String> alphabet() {
        List<String> alphabet = new ArrayList<>(letters.names());
        asked.stream().filter(answer -> !alphabet.contains(answer)).forEach(alphabet::add);
        return alphabet;
    }

    @Override
    public List<ProbeSlice> slices() {
        return bins;
    }

    @Override
    public List<ProbeSlice> trainingSlices() {
        return bins.subList(0, 1);
    }

    @Override
    public ProbeSequence draw(PythonRandom random, ProbeSlice slice) {
        ProbeSlice.Range range = slice.range("T");
        int[] lengths = IntStream.rangeClosed(Math.max(1, range.low()), range.high())
                .filter(source::has)
                .toArray();
        if (lengths.length == 0) {
            throw new InputException("probe " + name + " has no string of the lengths " + range);
        }
        String drawn = source.draw(random, lengths[random.below(lengths.length)]);
        return new ProbeSequence(letters.symbols(drawn), symbols(source.answers(drawn)), symbols(asked));
    }

    private int[] symbols(List<String> answers) {
        List<String> alphabet = alphabet();
        return answers.stream().mapToInt(alphabet::indexOf).toArray();
    }

    @Override
    public int[] answers(int[] input, ProbeSlice slice) {
        String text = letters.text(input);
        if (!definition.contains().test(text)) {
            throw new NotInProbeException("'" + text + "' is no string of " + name);
        }
        List<String> answers = new ArrayList<>();
        for (int t = 1; t <= text.length(); t++) {
            answers.add(definition.answer().apply(text.substring(0, t), text));
        }
        return symbols(answers);
    }

    /** Few strings of a length, or only one: a test set has each once. */
    @Override
    public Repetition repetition(ProbeSlice slice) {
        return Repetition.TEST_ONCE;
    }
}
