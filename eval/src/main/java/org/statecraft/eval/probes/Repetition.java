package org.statecraft.eval.probes;

/** How often the same input may occur in what is drawn from a slice. */
public enum Repetition {
    /** As chance has it; for probes with so many inputs that it hardly ever happens. */
    FREE,
    /** Once in a test set; a training set may repeat, because there are few inputs. */
    TEST_ONCE,
    /** Once in either set, and no test input occurs in training. */
    NEVER
}
