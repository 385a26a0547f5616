package org.statecraft.eval.probes;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.ToIntFunction;
import org.statecraft.model.InputException;

/**
 * What text probes are made from.
 *
 * @param tokens counts the tokens of a text; lengths are in them
 * @param text running text that serves as filler and for copying; empty where there is none
 */
public record TextSource(ToIntFunction<String> tokens, String text) {

    /** The text's words; line breaks and runs of blanks separate them. */
    List<String> words(String probe) {
        if (text.isBlank()) {
            throw new InputException(
                    "probe " + probe + " takes its words from a text, and none was given; name a text file");
        }
        return Arrays.asList(text.strip().split("\\s+", -1));
    }

    /** The largest count up to {@code most} of which {@code fits} holds, where it holds for all smaller ones; -1 for none. */
    static int largest(int most, IntPredicate fits) {
        int low = -1;
        int high = most;
        while (low < high) {
            int middle = high - (high - low) / 2;
            if (fits.test(middle)) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
