package org.statecraft.eval.probes;

import java.util.List;
import java.util.Map;
import org.statecraft.eval.python.PythonRandom;

/**
 * A generator of sequences with known answers, and a recogniser that finds the answers of a given one.
 *
 * <p>Instances are immutable. Sets of sequences come from {@link ProbeData}.
 */
public sealed interface TokenProbe
        permits AssociativeRecall,
                BoundedDyck,
                Copying,
                FlipFlop,
                FormalLanguage,
                InductionHeads,
                MultiQueryRecall,
                SelectiveCopying,
                WordProblem {

    /**
     * The probe of a name.
     *
     * @param options settings by name; absent ones have the defaults of {@code docs/probes.md}
     * @throws org.statecraft.model.InputException for an unknown name, option or value
     */
    static TokenProbe of(String name, Map<String, String> options) {
        return ProbeCatalog.make(name, options);
    }

    /** The name by which {@link #of} finds it. */
    String name();

    /** The symbols, in inputs and in answers, by their position. */
    List<String> alphabet();

    /** The difficulties to test, easiest first. */
    List<ProbeSlice> slices();

    /** The difficulties to train on; those to test are often longer. */
    List<ProbeSlice> trainingSlices();

    /**
     * Draws a sequence; the same state of {@code random} gives the same sequence.
     *
     * @throws org.statecraft.model.InputException when the slice cannot be drawn from
     */
    ProbeSequence draw(PythonRandom random, ProbeSlice slice);

    /**
     * Finds the answers in an input without knowing how it was drawn.
     *
     * @return for each position the one right answer, or {@link ProbeSequence#IGNORED} where there is none; a drawn sequence may ask
     *     fewer of them
     * @throws NotInProbeException when the probe has no such input
     */
    int[] answers(int[] input, ProbeSlice slice);

    /**
     * What a model is trained to answer at each position, of the form of {@link ProbeSequence#labels}: the labels, unless the probe trains
     * a language model and scores something else.
     */
    default int[] trainingLabels(ProbeSequence sequence) {
        return sequence.labels();
    }

    /**
     * What the right answer needs of the probability of all candidates together, or 0 where being the likeliest suffices.
     */
    default double neededShare() {
        return 0;
    }

    /** How often an input may occur. */
    default Repetition repetition(ProbeSlice slice) {
        return Repetition.FREE;
    }
}
