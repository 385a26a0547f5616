package org.statecraft.eval.probes;

import java.util.List;
import org.statecraft.eval.python.PythonRandom;

/** The generator of a formal language. */
interface StringSource {
    /** Whether the language has a string of this length. */
    boolean has(int length);

    /** Draws a string of a length that it {@link #has}. */
    String draw(PythonRandom random, int length);

    /** The answer after each letter of a string that this source drew. */
    List<String> answers(String drawn);
}
