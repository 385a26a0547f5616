package org.statecraft.eval.scoring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a text into windows that score every token exactly once ({@code docs/evaluation.md}, one token of overlap).
 *
 * <p>The first window starts from the prefix token. The last one reaches back over tokens that are already scored, so that it
 * too gives the model its full length.
 */
final class RollingWindows {
    private RollingWindows() {}

    static List<TokenRequest> of(int[] tokens, int prefixToken, int maxLength) {
        List<TokenRequest> windows = new ArrayList<>();
        int first = Math.min(maxLength, tokens.length);
        if (first > 0) {
            windows.add(new TokenRequest(new int[] {prefixToken}, Arrays.copyOf(tokens, first)));
        }
        for (int scored = first; scored < tokens.length; ) {
            int end = scored + Math.min(tokens.length - scored, maxLength);
            windows.add(new TokenRequest(
                    Arrays.copyOfRange(tokens, end - maxLength - 1, scored), Arrays.copyOfRange(tokens, scored, end)));
            scored = end;
        }
        return windows;
    }
}
