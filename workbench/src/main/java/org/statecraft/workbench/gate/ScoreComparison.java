package org.statecraft.workbench.gate;

import org.statecraft.eval.statistics.Interval;
import org.statecraft.eval.statistics.MarginTest;
import org.statecraft.eval.statistics.PairedBinary;
import org.statecraft.eval.statistics.PairedDifference;
import org.statecraft.eval.statistics.UnpairedDifference;

/**
 * Compares two scores as closely as what is known about them permits: document by document, by their errors, by their values.
 */
final class ScoreComparison {
    private final BaselineMetric base;
    private final CandidateScore score;
    /** The interval lies above the margin just if the uncorrected one-sided test says so. */
    private final double level;

    private ScoreComparison(BaselineMetric base, CandidateScore score, GatePolicy policy) {
        this.base = base;
        this.score = score;
        this.level = intervalLevel(policy);
    }

    static MetricVerdict.Comparison of(BaselineMetric base, CandidateScore score, GatePolicy policy) {
        return new ScoreComparison(base, score, policy).compare();
    }

    /** The level of intervals: 1 - 2 alpha, at least 50 %. */
    static double intervalLevel(GatePolicy policy) {
        return Math.max(0.5, 1 - 2 * policy.alpha());
    }

    private MetricVerdict.Comparison compare() {
        double change = score.value() - base.value();
        if (change == 0 && base.answersHash() != null && base.answersHash().equals(score.answersHash())) {
            return new MetricVerdict.Comparison(
                    Method.UNCHANGED, change, null, null, null, "the model answered every document as before");
        }
        boolean pairs = base.documentsHash() != null
                && base.documents() != null
                && score.documents() != null
                && base.documents().pairsWith(score.documents());
        if (pairs) {
            double[] these = base.documents().counted();
            double[] those = score.documents().counted();
            if (PairedBinary.isBinary(these) && PairedBinary.isBinary(those)) {
                return exact(PairedBinary.of(these, those));
            }
            if (these.length > 1) {
                return paired(PairedDifference.of(these, those));
            }
        }
        if (base.stderr() != null && score.stderr() != null) {
            return unpaired();
        }
        return new MetricVerdict.Comparison(Method.BY_VALUE, change, null, null, null, withoutError());
    }

    private String withoutError() {
        return score.n() == 1
                ? "one document: the value is compared, its error is not known"
                : "no error is known: the value is compared";
    }

    private MetricVerdict.Comparison exact(PairedBinary counts) {
        PairedBinary gain = score.higherIsBetter() ? counts : counts.reversed();
        return new MetricVerdict.Comparison(
                Method.PAIRED_EXACT,
                counts.difference(),
                counts.interval(level),
                MarginTest.exact(gain, base.margin()),
                counts,
                null);
    }

    private MetricVerdict.Comparison paired(PairedDifference difference) {
        PairedDifference gain = new PairedDifference(difference.n(), sign() * difference.mean(), difference.sd());
        return new MetricVerdict.Comparison(
                Method.PAIRED_T,
                difference.mean(),
                difference.interval(level),
                MarginTest.paired(gain, base.margin()),
                null,
                null);
    }

    private MetricVerdict.Comparison unpaired() {
        UnpairedDifference difference =
                UnpairedDifference.of(base.value(), base.stderr(), score.value(), score.stderr());
        UnpairedDifference gain = new UnpairedDifference(sign() * difference.value(), difference.stderr());
        Interval interval = difference.interval(level);
        return new MetricVerdict.Comparison(
                Method.UNPAIRED,
                difference.value(),
                interval,
                MarginTest.unpaired(gain, base.margin()),
                null,
                base.documentsHash() == null
                        ? "unpaired, because the baseline does not say which documents it is from"
                        : "unpaired, because the metric has no score of each document on both sides");
    }

    private int sign() {
        return score.higherIsBetter() ? 1 : -1;
    }
}
