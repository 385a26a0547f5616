package org.statecraft.eval.metrics;

import java.util.List;
import java.util.Locale;

/**
 * How the observations of all documents become one number ({@code docs/evaluation.md}).
 *
 * <p>Every aggregate here is a function of the weighted mean: sum of values divided by sum of weights.
 */
public enum Aggregation {
    MEAN {
        @Override
        double ofMean(double mean) {
            return mean;
        }

        @Override
        Double error(double[] values, int replicates) {
            return Statistics.meanError(values);
        }
    },
    /** {@code exp(-mean)} of log-likelihoods. */
    PERPLEXITY {
        @Override
        double ofMean(double mean) {
            return StrictMath.exp(-mean);
        }

        @Override
        Double error(double[] values, int replicates) {
            return Bootstrap.standardError(values.length, replicates, drawn -> {
                double sum = 0;
                for (int position : drawn) {
                    sum += values[position];
                }
                return ofMean(sum / drawn.length);
            });
        }
    },
    /** {@code exp(-mean)} for each unit of weight; has no standard error. */
    WEIGHTED_PERPLEXITY {
        @Override
        double ofMean(double mean) {
            return StrictMath.exp(-mean);
        }
    },
    /** The base-2 logarithm of the byte perplexity; has no standard error. */
    BITS_PER_BYTE {
        @Override
        double ofMean(double mean) {
            return -mean / StrictMath.log(2);
        }
    };

    abstract double ofMean(double mean);

    /** Null where this aggregate has no standard error. */
    Double error(double[] values, int replicates) {
        return null;
    }

    /** The aggregate, infinite where it exceeds the range of a double. */
    public double of(List<Observation> observations) {
        double sum = 0;
        long weight = 0;
        for (Observation observation : observations) {
            sum += observation.value();
            weight += observation.weight();
        }
        return ofMean(sum / weight);
    }

    /**
     * The standard error, or null where there is none: fewer than two documents, an aggregate without one, or no replicates.
     *
     * @param replicates for the aggregates whose error is found by {@link Bootstrap}; fewer than 2 switch all errors off
     */
    public Double standardError(List<Observation> observations, int replicates) {
        if (observations.size() < 2 || replicates < 2) {
            return null;
        }
        return error(observations.stream().mapToDouble(Observation::value).toArray(), replicates);
    }

    /** As result files write it. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
