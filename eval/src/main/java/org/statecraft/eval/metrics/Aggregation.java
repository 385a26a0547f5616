package org.statecraft.eval.metrics;

import java.util.List;
import java.util.Locale;

/**
 * How the observations of all documents become one number ({@code docs/evaluation.md}).
 *
 * <p>Those of likelihoods are functions of the weighted mean: sum of values divided by sum of weights.
 */
public enum Aggregation {
    MEAN {
        @Override
        double ofMean(double mean) {
            return mean;
        }

        @Override
        Double error(List<Observation> observations, int replicates) {
            return Statistics.meanError(valuesOf(observations));
        }
    },
    /** How many; has no standard error. */
    SUM {
        @Override
        public double of(List<Observation> observations) {
            return Statistics.sum(valuesOf(observations));
        }
    },
    /** {@link Confusion#matthews}. */
    MATTHEWS_CORRCOEF {
        @Override
        public double of(List<Observation> observations) {
            return Confusion.of(observations).matthews();
        }

        @Override
        Double error(List<Observation> observations, int replicates) {
            return Bootstrap.standardError(observations.size(), replicates, drawn -> Confusion.of(observations, drawn)
                    .matthews());
        }
    },
    /** {@link Confusion#f1}. */
    F1 {
        @Override
        public double of(List<Observation> observations) {
            return Confusion.of(observations).f1();
        }

        @Override
        Double error(List<Observation> observations, int replicates) {
            return Bootstrap.standardError(observations.size(), replicates, drawn -> Confusion.of(observations, drawn)
                    .f1());
        }
    },
    /** {@code exp(-mean)} of log-likelihoods. */
    PERPLEXITY {
        @Override
        double ofMean(double mean) {
            return StrictMath.exp(-mean);
        }

        @Override
        Double error(List<Observation> observations, int replicates) {
            double[] values = valuesOf(observations);
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

    /** The aggregate of a weighted mean, for those that are a function of one. */
    double ofMean(double mean) {
        throw new IllegalStateException(this + " is not a function of a mean");
    }

    /** Null where this aggregate has no standard error. */
    Double error(List<Observation> observations, int replicates) {
        return null;
    }

    private static double[] valuesOf(List<Observation> observations) {
        return observations.stream().mapToDouble(Observation::value).toArray();
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
        return error(observations, replicates);
    }

    /** As result files write it. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
