package org.statecraft.eval.metrics;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.statecraft.eval.metrics.Aggregation.OfMean;
import org.statecraft.eval.metrics.Metric.Form;
import org.statecraft.eval.scoring.WrittenAnswer;
import org.statecraft.eval.spider.Hardness;
import org.statecraft.eval.spider.SpiderSchema;
import org.statecraft.eval.spider.SpiderScore;
import org.statecraft.eval.spider.SqlExecution;
import org.statecraft.eval.tasks.Document;

/** Queries as the Spider benchmark judges them ({@code docs/spider.md}). Documents have the fields {@code gold} and {@code db_id}. */
final class SpiderMetrics {
    static final String EXACT = "spider_exact_match";
    static final String EXECUTION = "spider_execution";
    static final String TABLES = "tables";
    static final String DATABASES = "databases";
    private static final String SECONDS = "seconds";

    /** Options by metric. */
    static final Map<String, List<String>> OPTIONS = options();

    private SpiderMetrics() {}

    private static Map<String, List<String>> options() {
        Map<String, List<String>> options = new LinkedHashMap<>();
        options.put(EXACT, List.of(TABLES));
        for (Hardness hardness : Hardness.values()) {
            options.put(exact(hardness), List.of(TABLES));
        }
        options.put(EXECUTION, List.of(TABLES, DATABASES, SECONDS));
        return options;
    }

    private static String exact(Hardness hardness) {
        return EXACT + "_" + hardness.name().toLowerCase(Locale.ROOT);
    }

    /** Exact set match, of all queries and of those of each hardness; and whether both queries give the same values. */
    static void addTo(Map<String, Metrics.Maker> all) {
        all.put(EXACT, (options, files) -> exactMatch(EXACT, null, schemas(options, files)));
        for (Hardness hardness : Hardness.values()) {
            all.put(
                    exact(hardness),
                    (options, files) -> exactMatch(exact(hardness), hardness, schemas(options, files)));
        }
        all.put(EXECUTION, (options, files) -> execution(options, files));
    }

    /** Read when the first document is scored. */
    private interface Schemas {
        Map<String, SpiderSchema> get();
    }

    private static Schemas schemas(Map<String, Object> options, Metrics.Files files) {
        Path tables = files.find(String.valueOf(options.get(TABLES)));
        Map<String, SpiderSchema> read = new LinkedHashMap<>();
        return () -> {
            if (read.isEmpty()) {
                read.putAll(SpiderSchema.read(tables));
            }
            return read;
        };
    }

    private static Metric exactMatch(String key, Hardness only, Schemas schemas) {
        return new Metric(
                key,
                true,
                OfMean.MEAN,
                (document, answers) -> {
                    SpiderScore score = score(document, (WrittenAnswer) answers.get(0), schemas, null);
                    return only != null && score.hardness() != only ? null : new Observation(score.exact() ? 1 : 0);
                },
                Form.NUMBER);
    }

    private static Metric execution(Map<String, Object> options, Metrics.Files files) {
        Path root = files.find(String.valueOf(options.get(DATABASES)));
        Duration time = options.get(SECONDS) instanceof Number seconds
                ? Duration.ofMillis(Math.max(1, Math.round(1000 * seconds.doubleValue())))
                : SqlExecution.Limits.DEFAULT.time();
        SqlExecution databases =
                new SqlExecution(root, new SqlExecution.Limits(time, SqlExecution.Limits.DEFAULT.rows()));
        Schemas schemas = schemas(options, files);
        return new Metric(
                EXECUTION,
                true,
                OfMean.MEAN,
                (document, answers) -> {
                    Boolean same = score(document, (WrittenAnswer) answers.get(0), schemas, databases)
                            .executed();
                    return same == null ? null : new Observation(same ? 1 : 0);
                },
                Form.NUMBER);
    }

    private static SpiderScore score(Document document, WrittenAnswer answer, Schemas schemas, SqlExecution databases) {
        return SpiderScore.of(
                document.fields().path("gold").asText(),
                answer.generation().text(),
                document.fields().path("db_id").asText(),
                schemas.get(),
                databases);
    }
}
