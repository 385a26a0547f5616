package org.statecraft.peft.train;

import java.util.Locale;

/** How the learning rate falls after the warm-up, as in the Hugging Face trainer; {@code toString} is the recipes' spelling. */
public enum Schedule {
    /** In a straight line that reaches 0 after the last update. */
    LINEAR {
        @Override
        double after(double progress) {
            return 1 - progress;
        }
    },
    /** Along half a cosine that reaches 0 after the last update. */
    COSINE {
        @Override
        double after(double progress) {
            return 0.5 * (1 + Math.cos(Math.PI * progress));
        }
    },
    /** Not at all. */
    CONSTANT {
        @Override
        double after(double progress) {
            return 1;
        }
    };

    /** @param progress share of the updates after the warm-up that are done, from 0 to 1 */
    abstract double after(double progress);

    /**
     * The factor of the highest rate for one update: {@code done/warmup} during the warm-up.
     *
     * @param done updates before this one
     * @param steps all updates, warm-up included
     */
    public double factor(int done, int steps, int warmup) {
        if (done < warmup) {
            return (double) done / warmup;
        }
        return after((double) (done - warmup) / Math.max(1, steps - warmup));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
