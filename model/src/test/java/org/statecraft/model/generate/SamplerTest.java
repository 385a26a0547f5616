package org.statecraft.model.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final int DRAWS = 20_000;

    private static double[] shares(SamplingOptions options, float[] logits, int vocabulary) {
        Sampler sampler = new Sampler(options);
        double[] shares = new double[logits.length];
        for (int i = 0; i < DRAWS; i++) {
            shares[sampler.choose(logits, vocabulary)] += 1.0 / DRAWS;
        }
        return shares;
    }

    private static SamplingOptions options(double temperature, int topK, double topP) {
        return new SamplingOptions(1, temperature, topK, topP, List.of(), 11);
    }

    @Test
    void greedyTakesTheLowerIdOfEqualLogits() {
        assertEquals(1, new Sampler(SamplingOptions.greedy(1)).choose(new float[] {0, 3, 3, 1}, 4));
    }

    @Test
    void paddedVocabularyRowsAreNeverChosen() {
        float[] logits = {0, 1, 99};
        assertEquals(1, new Sampler(SamplingOptions.greedy(1)).choose(logits, 2));
        assertEquals(0, shares(options(1, 0, 1), logits, 2)[2]);
    }

    @Test
    void temperatureScalesTheLogOdds() {
        double[] shares = shares(options(0.5, 0, 1), new float[] {0, 1}, 2);
        assertEquals(1 / (1 + Math.exp(2)), shares[0], 0.01);
    }

    @Test
    void topKKeepsTheLikeliest() {
        double[] shares = shares(options(1, 2, 1), new float[] {1, 0, 2, -1}, 4);
        assertEquals(0, shares[1] + shares[3]);
        assertEquals(1 / (1 + Math.exp(1)), shares[0], 0.01);
    }

    @Test
    void topPKeepsTheSmallestSetThatReachesIt() {
        // probabilities 0.5, 0.3, 0.2
        float[] logits = {(float) Math.log(0.3), (float) Math.log(0.5), (float) Math.log(0.2)};
        double[] shares = shares(options(1, 0, 0.7), logits, 3);
        assertEquals(0, shares[2]);
        assertEquals(0.5 / 0.8, shares[1], 0.01);
        assertTrue(shares(options(1, 0, 0.81), logits, 3)[2] > 0.15);
    }
}
