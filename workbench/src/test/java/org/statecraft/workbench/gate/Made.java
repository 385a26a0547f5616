package org.statecraft.workbench.gate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.statecraft.workbench.run.RunState;

/** Baselines and runs made of numbers, for tests of the verdict. */
final class Made {
    static final GatePolicy POLICY = new GatePolicy(0.05, false);

    private Made() {}

    static MetricKey key(String metric) {
        return new MetricKey("after", "toy", metric);
    }

    static DocumentScores documents(double... shares) {
        return new DocumentScores(
                IntStream.range(0, shares.length).mapToObj(i -> "doc" + i).toList(), shares);
    }

    static double mean(double... values) {
        return DoubleStream.of(values).average().orElseThrow();
    }

    static BaselineMetric base(String metric, double margin, double... shares) {
        DocumentScores documents = documents(shares);
        return new BaselineMetric(
                key(metric),
                mean(shares),
                null,
                shares.length,
                margin,
                null,
                "1.0",
                documents.hash(),
                "hash",
                "answers",
                null,
                null,
                documents);
    }

    /** A score without documents, from elsewhere. */
    static BaselineMetric bare(String metric, double margin, double value, Double stderr, long n) {
        return new BaselineMetric(
                key(metric), value, stderr, n, margin, null, null, null, null, null, null, null, null);
    }

    static CandidateScore score(boolean higherIsBetter, double... shares) {
        return new CandidateScore(
                mean(shares), null, shares.length, higherIsBetter, "1.0", "hash", "other answers", documents(shares));
    }

    static Baseline baseline(BaselineMetric... metrics) {
        return new Baseline(
                "model", "ab12", "me", "because", "2026-11-28T00:00:00Z", "run", "c0", List.of(metrics), List.of());
    }

    static CandidateScores run(CandidateScore score) {
        return run(Map.of(key("acc"), score));
    }

    static CandidateScores run(Map<MetricKey, CandidateScore> scores) {
        return new CandidateScores("candidate", RunState.COMPLETED, new LinkedHashMap<>(scores), Map.of());
    }

    /** The verdict on one metric of 0/1 scores; more is better. */
    static MetricVerdict accuracy(double margin, double[] before, double[] after) {
        return GateJudge.judge(baseline(base("acc", margin, before)), run(score(true, after)), POLICY)
                .metrics()
                .get(0);
    }

    /** So many ones, then zeros. */
    static double[] ones(int n, int ones) {
        double[] values = new double[n];
        for (int i = 0; i < ones; i++) {
            values[i] = 1;
        }
        return values;
    }

    /** All problems of all metrics. */
    static List<String> problems(Verdict verdict) {
        List<String> all = new ArrayList<>(verdict.problems());
        verdict.metrics().forEach(metric -> all.addAll(metric.problems()));
        return all;
    }
}
