package org.statecraft.eval.metrics;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** How the observations of all documents become one number, and how sure that number is ({@code docs/evaluation.md}). */
public interface Aggregation {

    /** The number, of at least one observation; infinite where it exceeds the range of a double. */
    double of(List<Observation> observations);

    /** The standard error of at least two observations, or null where there is none. */
    Double error(List<Observation> observations, int replicates);

    /** As result files write it. */
    String key();

    /**
     * The standard error, or null where there is none: fewer than two documents, an aggregate without one, or no replicates.
     *
     * @param replicates for the aggregates whose error is found by {@link Bootstrap}; fewer than 2 switch all errors off
     */
    default Double standardError(List<Observation> observations, int replicates) {
        return observations.size() < 2 || replicates < 2 ? null : error(observations, replicates);
    }

    /** Functions of the mean of all values, or of the sum of all values divided by the sum of all weights. */
    enum OfMean implements Aggregation {
        MEAN {
            @Override
            public double of(List<Observation> observations) {
                return Statistics.mean(scores(observations));
            }

            @Override
            public Double error(List<Observation> observations, int replicates) {
                return Statistics.meanError(scores(observations));
            }
        },
        /** How many; has no standard error. */
        SUM {
            @Override
            public double of(List<Observation> observations) {
                return Statistics.sum(scores(observations));
            }
        },
        /** {@code exp(-mean)} of log-likelihoods. */
        PERPLEXITY {
            @Override
            public double of(List<Observation> observations) {
                return StrictMath.exp(-Statistics.mean(scores(observations)));
            }

            @Override
            public Double error(List<Observation> observations, int replicates) {
                double[] values = scores(observations);
                return Bootstrap.standardError(values.length, replicates, drawn -> {
                    double sum = 0;
                    for (int position : drawn) {
                        sum += values[position];
                    }
                    return StrictMath.exp(-sum / drawn.length);
                });
            }
        },
        /** {@code exp(-mean)} for each unit of weight; has no standard error. */
        WEIGHTED_PERPLEXITY {
            @Override
            public double of(List<Observation> observations) {
                return StrictMath.exp(-weightedMean(observations));
            }
        },
        /** The base-2 logarithm of the byte perplexity; has no standard error. */
        BITS_PER_BYTE {
            @Override
            public double of(List<Observation> observations) {
                return -weightedMean(observations) / StrictMath.log(2);
            }
        };

        @Override
        public Double error(List<Observation> observations, int replicates) {
            return null;
        }

        @Override
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }

        private static double[] scores(List<Observation> observations) {
            return observations.stream().mapToDouble(Observation::value).toArray();
        }

        private static double weightedMean(List<Observation> observations) {
            double sum = 0;
            double weight = 0;
            for (Observation observation : observations) {
                sum += observation.value();
                weight += observation.weight();
            }
            return sum / weight;
        }
    }

    /** Scores of a table of given and right labels; their errors come of resampled documents. */
    enum OfLabels implements Aggregation {
        MATTHEWS_CORRCOEF(Confusion::matthews),
        F1(Confusion::f1);

        @SuppressWarnings("ImmutableEnumChecker") // a method of a record
        private final ToDoubleFunction<Confusion> score;

        OfLabels(ToDoubleFunction<Confusion> score) {
            this.score = score;
        }

        @Override
        public double of(List<Observation> observations) {
            return score.applyAsDouble(Confusion.of(observations));
        }

        @Override
        public Double error(List<Observation> observations, int replicates) {
            return Bootstrap.standardError(
                    observations.size(), replicates, drawn -> score.applyAsDouble(Confusion.of(observations, drawn)));
        }

        @Override
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A score of all texts together, as BLEU: a function of the counts of all documents added up. Its error comes of resampled documents;
     * the harness makes at most {@link #MOST_REPLICATES} of them for such scores.
     *
     * @param key as result files write it
     * @param score of the summed counts
     */
    record OfCounts(String key, ToDoubleFunction<double[]> score) implements Aggregation {
        private static final int MOST_REPLICATES = 100;

        @Override
        public double of(List<Observation> observations) {
            return score.applyAsDouble(
                    sum(observations, IntStream.range(0, observations.size()).toArray()));
        }

        @Override
        public Double error(List<Observation> observations, int replicates) {
            return Bootstrap.standardError(
                    observations.size(),
                    Math.min(replicates, MOST_REPLICATES),
                    drawn -> score.applyAsDouble(sum(observations, drawn)));
        }

        private static double[] sum(List<Observation> observations, int[] drawn) {
            double[] sum = new double[observations.get(0).parts().length];
            for (int position : drawn) {
                double[] parts = observations.get(position).parts();
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += parts[i];
                }
            }
            return sum;
        }
    }
}
