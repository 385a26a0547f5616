package org.statecraft.eval.metrics;

import java.util.List;
import java.util.Map;
import org.statecraft.eval.metrics.Aggregation.OfLabels;
import org.statecraft.eval.metrics.Aggregation.OfMean;
import org.statecraft.eval.metrics.Metric.Form;
import org.statecraft.eval.scoring.Response;
import org.statecraft.eval.scoring.WrittenAnswer;
import org.statecraft.eval.tasks.Document;

/**
 * Written texts that should be one of some labels. A text that is none of them is wrong; the metrics {@code _in_class} leave such
 * documents out, which is the convention of the authors of state-offset tuning.
 */
final class LabelMetrics {
    private static final int OUTSIDE = -1;

    static final Map<String, Metrics.Maker> ALL = Metrics.byName(
            new Metric("acc", true, OfMean.MEAN, LabelMetrics::accuracy, Form.FLAG),
            new Metric("acc_in_class", true, OfMean.MEAN, inClass(LabelMetrics::accuracy), Form.FLAG),
            new Metric(
                    "out_of_class",
                    false,
                    OfMean.SUM,
                    (document, answers) -> new Observation(label(document, answers) == OUTSIDE ? 1 : 0),
                    Form.FLAG),
            new Metric("mcc", true, OfLabels.MATTHEWS_CORRCOEF, LabelMetrics::labels, Form.LABELS),
            new Metric("mcc_in_class", true, OfLabels.MATTHEWS_CORRCOEF, inClass(LabelMetrics::labels), Form.LABELS),
            new Metric("f1", true, OfLabels.F1, LabelMetrics::labels, Form.LABELS),
            new Metric("f1_in_class", true, OfLabels.F1, inClass(LabelMetrics::labels), Form.LABELS));

    private LabelMetrics() {}

    private static int label(Document document, List<? extends Response> answers) {
        return document.choices()
                .indexOf(((WrittenAnswer) answers.get(0)).generation().text());
    }

    private static Observation accuracy(Document document, List<? extends Response> answers) {
        return new Observation(document.gold().contains(label(document, answers)) ? 1 : 0);
    }

    private static Observation labels(Document document, List<? extends Response> answers) {
        return Observation.ofLabel(label(document, answers), document.gold().get(0));
    }

    private static Metric.Observer inClass(Metric.Observer observer) {
        return (document, answers) -> label(document, answers) == OUTSIDE ? null : observer.observe(document, answers);
    }
}
