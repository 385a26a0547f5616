package org.statecraft.model.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;

/** Compares arrays and says how far apart they are. */
public final class Close {
    private Close() {}

    /** Equal shapes, and every entry within {@code tolerance}. */
    public static void assertClose(String what, NDArray expected, NDArray actual, double tolerance) {
        assertEquals(expected.getShape(), actual.getShape(), what + ": shape");
        double difference = distance(expected, actual);
        // written so that NaN fails
        assertTrue(difference <= tolerance, () -> what + ": differs by " + difference + ", allowed " + tolerance);
    }

    /** As {@link #assertClose}, the tolerance being a multiple of the largest expected entry. */
    public static void assertCloseToScale(String what, NDArray expected, NDArray actual, double relative) {
        double scale = expected.abs().max().getFloat();
        assertClose(what, expected, actual, relative * scale);
    }

    /** The largest absolute difference; NaN when an entry is. */
    public static double distance(NDArray expected, NDArray actual) {
        double worst = 0;
        float[] a = expected.toFloatArray();
        float[] b = actual.toFloatArray();
        for (int i = 0; i < a.length; i++) {
            double difference = Math.abs((double) a[i] - b[i]);
            if (!(difference <= worst)) {
                worst = difference;
            }
        }
        return worst;
    }
}
