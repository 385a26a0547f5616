package org.statecraft.eval.fidelity;

/**
 * Which windows of a text are looked at.
 *
 * @param shortest tokens of a context at least
 * @param longest tokens of a context at most
 * @param continuation tokens that are predicted behind each context
 * @param windows how many there are
 * @param seed decides where they stand and how long their contexts are
 */
public record FidelitySettings(int shortest, int longest, int continuation, int windows, long seed) {
    public FidelitySettings {
        if (shortest < 1 || longest < shortest || continuation < 1 || windows < 1) {
            throw new IllegalArgumentException("contexts of " + shortest + " to " + longest + " tokens, " + windows
                    + " continuations of " + continuation);
        }
    }
}
