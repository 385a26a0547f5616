package org.statecraft.eval.metrics;

import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.statecraft.eval.python.PythonRandom;

/**
 * Standard error by resampling, bit-equal to the harness's ({@code docs/evaluation.md}).
 *
 * <p>Replicates are made in chunks of at most 1000; chunk i draws from its own generator, seeded with i. Chunks therefore run
 * in parallel without changing a bit. Replicates beyond a whole number of chunks are not made, as there.
 */
public final class Bootstrap {
    /** The harness's default number of replicates. */
    public static final int REPLICATES = 100_000;

    private static final int CHUNK = 1000;

    private Bootstrap() {}

    /**
     * Sample standard deviation of a statistic over resampled documents.
     *
     * @param documents how many documents there are; each replicate draws as many, with replacement
     * @param replicates at least 2
     * @param statistic of the documents at the positions that it is given, an array that it must not keep; called by several threads
     */
    public static double standardError(int documents, int replicates, ToDoubleFunction<int[]> statistic) {
        return Statistics.standardDeviation(replicates(documents, replicates, statistic));
    }

    /** The replicates themselves, in the order of their chunks. */
    static double[] replicates(int documents, int replicates, ToDoubleFunction<int[]> statistic) {
        int chunk = Math.min(CHUNK, replicates);
        int chunks = replicates / chunk;
        double[] values = new double[chunks * chunk];
        IntStream.range(0, chunks).parallel().forEach(c -> {
            PythonRandom random = new PythonRandom(c);
            int[] drawn = new int[documents];
            for (int r = 0; r < chunk; r++) {
                random.choices(documents, drawn);
                values[c * chunk + r] = statistic.applyAsDouble(drawn);
            }
        });
        return values;
    }
}
