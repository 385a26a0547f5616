package org.statecraft.workbench.compare;

import java.util.regex.Pattern;

/** Names of metrics: "acc", or "exact_match (strict-match)" where an answer went through a filter first. */
final class MetricName {
    private static final String NO_FILTER = "none";

    /** Metrics of losses, lengths of codes and errors, by parts of their names. */
    private static final Pattern LOWER_IS_BETTER =
            Pattern.compile("(^|_)(perplexity|ppl|bits|loss|brier|ter|wer|cer|mae|mse|kl)(_|$)");

    private MetricName() {}

    /** The name of a metric over the answers of a filter. */
    static String of(String metric, String filter) {
        return filter.equals(NO_FILTER) ? metric : metric + " (" + filter + ")";
    }

    /** The metric without its filter. */
    static String withoutFilter(String name) {
        int filter = name.indexOf(" (");
        return filter < 0 ? name : name.substring(0, filter);
    }

    /** The direction of a metric of which nothing says it. */
    static boolean higherIsUsuallyBetter(String metric) {
        return !LOWER_IS_BETTER.matcher(metric).find();
    }
}
