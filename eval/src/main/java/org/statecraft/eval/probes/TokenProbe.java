package org.statecraft.eval.probes;

import java.util.List;
import java.util.Map;
import org.statecraft.eval.python.PythonRandom;

/**
 * A generator of sequences with known answers, and a recogniser that finds the answers of a given one.
 *
 * <p>Instances are immutable. Sets of sequences come from {@link ProbeData}.
 */
public sealed interface TokenProbe permits MultiQueryRecall {

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

    /** How often an input may occur. */
    default Repetition repetition(ProbeSlice slice) {
        return Repetition.FREE;
    }
}
