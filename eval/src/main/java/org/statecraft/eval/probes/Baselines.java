package org.statecraft.eval.probes;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What can be had on a slice without looking at the sequences. */
final class Baselines {
    private final List<ProbeSequence> sequences;

    Baselines(List<ProbeSequence> sequences) {
        this.sequences = sequences;
    }

    /** The mean share of a uniform guess among the candidates. */
    double guess() {
        return mean(sequence -> 1.0 / sequence.candidates().length);
    }

    /** The mean share of one answer, the one that is right most often; the lowest of several. */
    double constant() {
        Map<Integer, Integer> counts = new HashMap<>();
        for (ProbeSequence sequence : sequences) {
            for (int label : sequence.labels()) {
                counts.merge(label, 1, Integer::sum);
            }
        }
        counts.remove(ProbeSequence.IGNORED);
        int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        int answer = counts.keySet().stream()
                .filter(label -> counts.get(label) == most)
                .min(Integer::compare)
                .orElse(ProbeSequence.IGNORED);
        return mean(sequence -> share(sequence, answer));
    }

    private static double share(ProbeSequence sequence, int answer) {
        long given = Arrays.stream(sequence.labels())
                .filter(label -> label == answer && label != ProbeSequence.IGNORED)
                .count();
        return given / (double) sequence.scored();
    }

    private double mean(ToDoubleFunction<ProbeSequence> of) {
        return sequences.stream().mapToDouble(of).average().orElse(0);
    }
}
