package org.statecraft.workbench.gate;

import java.util.Locale;
import org.statecraft.eval.statistics.Interval;
import org.statecraft.workbench.table.Formats;

/** Sentences about verdicts, the same in every report. */
final class VerdictText {
    private VerdictText() {}

    /** {@code FAIL: run X against the baseline of 2026-11-28 by NAME (why)}. */
    static String headline(Verdict verdict) {
        Baseline baseline = verdict.baseline();
        return verdict.outcome() + ": run " + verdict.run() + " against the baseline of " + baseline.date() + " by "
                + baseline.by() + " (" + baseline.why() + ")";
    }

    /** What a metric's verdict rests on. */
    static String sentence(MetricVerdict metric) {
        if (metric.comparison() == null) {
            return "cannot be compared: " + String.join("; ", metric.problems());
        }
        MetricVerdict.Comparison comparison = metric.comparison();
        StringBuilder text = new StringBuilder()
                .append(Formats.number(metric.base().value()))
                .append(" -> ")
                .append(Formats.number(metric.score().value()))
                .append(", change ")
                .append(Formats.signed(comparison.change()));
        if (comparison.interval() != null) {
            text.append(" [").append(interval(comparison.interval())).append(']');
        }
        text.append(", permitted ")
                .append(permitted(metric))
                .append("; ")
                .append(comparison.method().label());
        if (comparison.counts() != null) {
            text.append(", lost ")
                    .append(comparison.counts().lost())
                    .append(", won ")
                    .append(comparison.counts().won());
        }
        if (metric.adjusted() != null) {
            text.append(", p(no worse) ")
                    .append(p(metric.adjusted().notWorse()))
                    .append(", p(worse) ")
                    .append(p(metric.adjusted().worse()));
        }
        return text.toString();
    }

    static String sentence(GuardVerdict guard) {
        return guard.ratio() == null
                ? "the run has no such number"
                : String.format(
                        Locale.ROOT,
                        "%s -> %s, %.3f times the baseline's; permitted %s",
                        Formats.number(guard.guard().value()),
                        Formats.number(guard.value()),
                        guard.ratio(),
                        guard.guard().limits());
    }

    /** The worst change that the margin permits, with its sign. */
    static String permitted(MetricVerdict metric) {
        boolean higherIsBetter = metric.score() == null || metric.score().higherIsBetter();
        return higherIsBetter
                ? Formats.signed(-metric.base().margin())
                : Formats.signed(metric.base().margin());
    }

    static String interval(Interval interval) {
        return Formats.signed(interval.low()) + ", " + Formats.signed(interval.high());
    }

    static String p(double p) {
        return p < 0.0001 ? "<0.0001" : String.format(Locale.ROOT, "%.4f", p);
    }
}
