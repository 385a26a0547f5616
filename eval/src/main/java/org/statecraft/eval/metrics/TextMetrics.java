package org.statecraft.eval.metrics;

import java.util.List;
import java.util.Map;
import org.statecraft.eval.metrics.Aggregation.OfMean;
import org.statecraft.eval.metrics.Metric.Form;
import org.statecraft.eval.scoring.WrittenAnswer;

/** Written texts against their references. */
final class TextMetrics {
    static final Map<String, Metrics.Maker> ALL = Metrics.byName(new Metric(
            "exact_match",
            true,
            OfMean.MEAN,
            (document, answers) -> new Observation(
                    document.targets()
                                    .contains(((WrittenAnswer) answers.get(0))
                                            .generation()
                                            .text())
                            ? 1
                            : 0),
            Form.NUMBER));

    /** Options by metric. */
    static final Map<String, List<String>> OPTIONS = Map.of();

    private TextMetrics() {}
}
