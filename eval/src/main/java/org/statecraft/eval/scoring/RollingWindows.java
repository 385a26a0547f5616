package org.statecraft.eval.scoring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts a text into windows of at most the model's length ({@code docs/evaluation.md}). */
final class RollingWindows {
    private RollingWindows() {}

    /**
     * Scores every token exactly once. The first window starts from the prefix token. The last one reaches back over tokens that are
     * already scored, so that it too gives the model its full length.
     */
    static List<TokenRequest> overlapping(int[] tokens, int prefixToken, int maxLength) {
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

    /** Full windows that share no token; each predicts its own tokens but the first. None where a window would predict nothing. */
    static List<TokenRequest> disjoint(int[] tokens, int maxLength) {
        List<TokenRequest> windows = new ArrayList<>();
        for (int start = 0; maxLength > 1 && start + maxLength <= tokens.length; start += maxLength) {
            windows.add(new TokenRequest(
                    new int[] {tokens[start]}, Arrays.copyOfRange(tokens, start + 1, start + maxLength)));
        }
        return windows;
    }
}
