package org.statecraft.model.generate;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Chooses a token from one row of logits: temperature first, then the k likeliest, then the smallest set that reaches
 * probability p, as in the sampling of transformers. On equal logits the lower id comes first.
 */
final class Sampler {
    private final SamplingOptions options;
    private final SplittableRandom random;

    Sampler(SamplingOptions options) {
        this.options = options;
        this.random = new SplittableRandom(options.seed());
    }

    /**
     * The next token.
     *
     * @param logits only the first {@code vocabulary} entries can be chosen: padded rows have no token
     */
    int choose(float[] logits, int vocabulary) {
        return options.temperature() == 0 ? likeliest(logits, vocabulary) : sample(logits, vocabulary);
    }

    private static int likeliest(float[] logits, int vocabulary) {
        int best = 0;
        for (int i = 1; i < vocabulary; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }

    private int sample(float[] logits, int vocabulary) {
        // one number for each id: its logit in descending order above, the id itself below
        long[] keys = new long[vocabulary];
        for (int i = 0; i < vocabulary; i++) {
            int bits = Float.floatToIntBits(logits[i] + 0f);
            int ascending = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
            keys[i] = ((long) ~ascending << 32) | i;
        }
        Arrays.sort(keys);
        int[] order = Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
        int kept = options.topK() == 0 ? vocabulary : Math.min(options.topK(), vocabulary);
        double[] weights = new double[kept];
        double sum = 0;
        for (int i = 0; i < kept; i++) {
            weights[i] = Math.exp((logits[order[i]] - (double) logits[order[0]]) / options.temperature());
            sum += weights[i];
        }
        double mass = 0;
        for (int i = 0; i < kept && options.topP() < 1; i++) {
            mass += weights[i];
            if (mass >= options.topP() * sum) {
                kept = i + 1;
                sum = mass;
            }
        }
        double point = random.nextDouble() * sum;
        for (int i = 0; i < kept - 1; i++) {
            point -= weights[i];
            if (point < 0) {
                return order[i];
            }
        }
        return order[kept - 1];
    }
}
