package org.statecraft.workbench.methods;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * The statistics of a comparison: bits per byte over the windows of the test text, averaged over seeds.
 *
 * <p>Intervals are percentiles of a bootstrap with two levels: windows are drawn for all methods together, which pairs them, and
 * seeds for each method on its own. With three seeds the second level tells little: an interval says what this sample resolves,
 * not what another training would give.
 */
final class Contest {
    private static final int REPLICATES = 10_000;
    private static final long SEED = 1;

    private final long[] windowBytes;

    /**
     * Over a test text.
     *
     * @param windowBytes UTF-8 bytes of each window
     */
    Contest(long[] windowBytes) {
        this.windowBytes = windowBytes.clone();
    }

    /**
     * A value with its 95 % interval.
     *
     * @param low its start
     * @param high its end
     */
    record Interval(double value, double low, double high) {}

    /** Bits per byte of one training. */
    double bitsPerByte(double[] nats) {
        return Arrays.stream(nats).sum()
                / Math.log(2)
                / Arrays.stream(windowBytes).sum();
    }

    /** The score of a method; one array of nats for each seed. */
    Interval score(List<double[]> seeds) {
        return interval(draw -> draw.mean(seeds));
    }

    /** The score of a method less that of the reference: negative is better. */
    Interval difference(List<double[]> reference, List<double[]> seeds) {
        return interval(draw -> draw.mean(seeds) - draw.mean(reference));
    }

    private Interval interval(ToDoubleFunction<Draw> statistic) {
        SplittableRandom random = new SplittableRandom(SEED);
        double[] replicates = new double[REPLICATES];
        for (int i = 0; i < REPLICATES; i++) {
            replicates[i] = statistic.applyAsDouble(new Resampled(random.split()));
        }
        Arrays.sort(replicates);
        return new Interval(
                statistic.applyAsDouble(new Whole()),
                replicates[(int) (0.025 * REPLICATES)],
                replicates[(int) (0.975 * REPLICATES) - 1]);
    }

    /** Some windows and some seeds. */
    private interface Draw {
        double mean(List<double[]> seeds);
    }

    /** Everything as it is. */
    private final class Whole implements Draw {
        @Override
        public double mean(List<double[]> seeds) {
            return seeds.stream()
                    .mapToDouble(Contest.this::bitsPerByte)
                    .average()
                    .orElseThrow();
        }
    }

    /** Windows drawn once; seeds drawn whenever a method is asked for. */
    private final class Resampled implements Draw {
        private final int[] windows;
        private final SplittableRandom random;

        Resampled(SplittableRandom random) {
            this.random = random;
            this.windows =
                    random.ints(windowBytes.length, 0, windowBytes.length).toArray();
        }

        @Override
        public double mean(List<double[]> seeds) {
            List<double[]> drawn = new ArrayList<>();
            random.ints(seeds.size(), 0, seeds.size()).forEach(i -> drawn.add(seeds.get(i)));
            double nats = 0;
            long bytes = 0;
            for (int window : windows) {
                bytes += windowBytes[window];
                for (double[] seed : drawn) {
                    nats += seed[window] / seeds.size();
                }
            }
            return nats / Math.log(2) / bytes;
        }
    }
}
