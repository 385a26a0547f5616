package org.statecraft.workbench.gate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The verdict as JSON, with exact numbers. */
public final class VerdictJson {
    private static final int FORMAT = 1;

    private VerdictJson() {}

    /** The text, with a final line feed. */
    public static String of(Verdict verdict) {
        Baseline baseline = verdict.baseline();
        ObjectNode root = JsonNodeFactory.instance
                .objectNode()
                .put("format", FORMAT)
                .put("outcome", verdict.outcome().name())
                .put("stops", verdict.stops(verdict.outcome()))
                .put("run", verdict.run())
                .put("alpha", verdict.policy().alpha())
                .put("strict", verdict.policy().strict());
        root.putObject("baseline")
                .put("model", baseline.model())
                .put("recipeHash", baseline.recipeHash())
                .put("by", baseline.by())
                .put("why", baseline.why())
                .put("date", baseline.date())
                .put("run", baseline.run())
                .put("commit", baseline.commit());
        texts(root, "problems", verdict.problems());
        root.putArray("metrics");
        verdict.metrics().forEach(metric -> root.withArray("metrics").add(json(metric)));
        root.putArray("guards");
        verdict.guards().forEach(guard -> root.withArray("guards").add(json(guard)));
        return root.toPrettyString() + "\n";
    }

    private static void texts(ObjectNode node, String key, List<String> texts) {
        node.putArray(key);
        texts.forEach(text -> node.withArray(key).add(text));
    }

    private static ObjectNode json(MetricVerdict metric) {
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("evaluation", metric.key().evaluation())
                .put("task", metric.key().task())
                .put("metric", metric.key().metric())
                .put("outcome", metric.outcome().name())
                .put("baseline", metric.base().value())
                .put("baselineStderr", metric.base().stderr())
                .put("margin", metric.base().margin())
                .put("n", metric.base().n());
        texts(node, "problems", metric.problems());
        CandidateScore score = metric.score();
        if (score != null) {
            node.put("higherIsBetter", score.higherIsBetter())
                    .put("value", score.value())
                    .put("stderr", score.stderr());
        }
        node.put("ratio", metric.ratio()).put("recovery", metric.recovery());
        MetricVerdict.Comparison comparison = metric.comparison();
        if (comparison != null) {
            node.put("method", comparison.method().name())
                    .put("change", comparison.change())
                    .put(
                            "low",
                            comparison.interval() == null
                                    ? null
                                    : (Double) comparison.interval().low())
                    .put(
                            "high",
                            comparison.interval() == null
                                    ? null
                                    : (Double) comparison.interval().high())
                    .put("note", comparison.note());
            if (comparison.test() != null) {
                node.put("pNotWorse", comparison.test().notWorse())
                        .put("pWorse", comparison.test().worse())
                        .put("pNotWorseHolm", metric.adjusted().notWorse())
                        .put("pWorseHolm", metric.adjusted().worse());
            }
            if (comparison.counts() != null) {
                node.put("lost", comparison.counts().lost())
                        .put("won", comparison.counts().won())
                        .put("pMcNemar", comparison.counts().mcNemarP());
            }
        }
        return node;
    }

    private static ObjectNode json(GuardVerdict guard) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("quantity", guard.guard().quantity().name())
                .put("evaluation", guard.guard().quantity().evaluation())
                .put("task", guard.guard().quantity().task())
                .put("outcome", guard.outcome().name())
                .put("baseline", guard.guard().value())
                .put("value", guard.value())
                .put("ratio", guard.ratio())
                .put("minRatio", guard.guard().minRatio())
                .put("maxRatio", guard.guard().maxRatio());
    }
}
