package org.statecraft.workbench.gate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.statecraft.model.InputException;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.model.files.Hashes;
import org.statecraft.model.files.JsonFiles;
import org.statecraft.workbench.compare.Documents;

/** Reads and writes the file of a {@link Baseline}; {@code docs/gate.md} lists its keys. */
public final class BaselineFile {
    private static final Set<String> KEYS =
            Set.of("format", "model", "recipeHash", "by", "why", "date", "run", "commit", "metrics", "guards");
    private static final Set<String> METRIC_KEYS = Set.of(
            "evaluation",
            "task",
            "metric",
            "value",
            "stderr",
            "n",
            "margin",
            "chance",
            "taskVersion",
            "documentsHash",
            "taskHash",
            "answersHash",
            "samples",
            "samplesSha256");
    private static final Set<String> GUARD_KEYS =
            Set.of("quantity", "evaluation", "task", "value", "minRatio", "maxRatio");

    private static final Pattern PLAIN_NAME = Pattern.compile("[^./\\\\\\p{Cntrl}][^/\\\\\\p{Cntrl}]*");

    private final Path file;
    private final List<String> problems = new ArrayList<>();

    private BaselineFile(Path file) {
        this.file = file;
    }

    /**
     * Reads a baseline and the samples beside it.
     *
     * @throws InputException with every mistake, one in a line
     */
    public static Baseline read(Path file) {
        if (!Files.exists(file)) {
            throw new InputException(
                    file + ": no such baseline; make one from a completed run with: statecraft gate update"
                            + " --baseline " + file + " --run RUN --why TEXT --margin METRIC=VALUE");
        }
        BaselineFile reader = new BaselineFile(file);
        Baseline baseline = reader.baseline(JsonFiles.read(file));
        if (!reader.problems.isEmpty()) {
            throw new InputException(String.join(System.lineSeparator(), reader.problems));
        }
        return baseline;
    }

    private Baseline baseline(JsonNode tree) {
        JsonFields fields = new JsonFields(tree, "", file, problems);
        fields.onlyKeys(KEYS);
        Long format = fields.whole("format", 1);
        if (format != null && format > Baseline.FORMAT) {
            throw new InputException(file + ": written by a newer Statecraft (format " + format
                    + "; this version reads up to " + Baseline.FORMAT + "); read it with that version");
        }
        List<BaselineMetric> metrics = new ArrayList<>();
        fields.array("metrics", true).forEach(entry -> add(metrics, metric(entry.onlyKeys(METRIC_KEYS))));
        Set<MetricKey> seen = new HashSet<>();
        metrics.stream()
                .map(BaselineMetric::key)
                .filter(key -> !seen.add(key))
                .forEach(key -> problems.add(file + ": metrics: " + key + " stands there twice"));
        List<Guard> guards = new ArrayList<>();
        fields.array("guards", false).forEach(entry -> add(guards, guard(entry.onlyKeys(GUARD_KEYS))));
        return new Baseline(
                fields.optionalText("model"),
                fields.optionalText("recipeHash"),
                fields.text("by"),
                fields.text("why"),
                fields.text("date"),
                fields.optionalText("run"),
                fields.optionalText("commit"),
                metrics,
                guards);
    }

    private static <T> void add(List<T> list, T entry) {
        if (entry != null) {
            list.add(entry);
        }
    }

    /** Null if it has mistakes. */
    private BaselineMetric metric(JsonFields fields) {
        int before = problems.size();
        MetricKey key = new MetricKey(fields.text("evaluation"), fields.text("task"), fields.text("metric"));
        Double value = fields.number("value");
        Double stderr = fields.optionalNumber("stderr");
        Double margin = fields.number("margin");
        Long n = fields.whole("n", 1);
        fields.require(stderr == null || stderr >= 0, "stderr", "is below 0");
        fields.require(margin == null || margin >= 0, "margin", "is below 0; it is the permitted drop, as a size");
        String samples = fields.optionalText("samples");
        String sha256 = fields.optionalText("samplesSha256");
        fields.require(
                (samples == null) == (sha256 == null), "samples", "needs samplesSha256 beside it, and the reverse");
        String documentsHash = fields.optionalText("documentsHash");
        Double chance = fields.optionalNumber("chance");
        String taskVersion = fields.optionalText("taskVersion");
        String taskHash = fields.optionalText("taskHash");
        String answersHash = fields.optionalText("answersHash");
        if (problems.size() > before) {
            return null;
        }
        DocumentScores documents = samples == null ? null : documents(fields, samples, sha256, key.metric(), value);
        fields.require(
                documents == null || documents.hash().equals(documentsHash),
                "documentsHash",
                "is not that of the documents in " + samples);
        return problems.size() > before
                ? null
                : new BaselineMetric(
                        key,
                        value,
                        stderr,
                        n,
                        margin,
                        chance,
                        taskVersion,
                        documentsHash,
                        taskHash,
                        answersHash,
                        samples,
                        sha256,
                        documents);
    }

    private DocumentScores documents(JsonFields fields, String samples, String sha256, String metric, double value) {
        // a baseline may come from anywhere: it names a file in its own folder and no other
        if (!PLAIN_NAME.matcher(samples).matches()) {
            fields.problem("samples", "is not the name of a file beside the baseline: " + samples);
            return null;
        }
        Path beside = file.resolveSibling(samples);
        if (!Files.isRegularFile(beside)) {
            fields.problem("samples", "there is no " + beside + "; restore it, or make the baseline anew");
        } else if (!Hashes.sha256(beside).equals(sha256)) {
            fields.problem("samplesSha256", "is not that of " + beside + ", which was changed or damaged");
        } else {
            return DocumentScores.of(Documents.read(beside), metric, value);
        }
        return null;
    }

    private Guard guard(JsonFields fields) {
        int before = problems.size();
        Quantity quantity =
                new Quantity(fields.text("quantity"), fields.optionalText("evaluation"), fields.optionalText("task"));
        Double value = fields.number("value");
        Double min = fields.optionalNumber("minRatio");
        Double max = fields.optionalNumber("maxRatio");
        fields.require(value == null || value > 0, "value", "is not above 0; a ratio to it has no meaning");
        fields.require(min != null || max != null, "minRatio", "is missing, like maxRatio: one of them is needed");
        fields.require(min == null || min > 0, "minRatio", "is not above 0");
        fields.require(min == null || max == null || min <= max, "minRatio", "is above maxRatio");
        fields.require(
                (quantity.evaluation() == null) == (quantity.task() == null),
                "evaluation",
                "goes with task: both for a quantity of a task, none for one of the run");
        return problems.size() > before ? null : new Guard(quantity, value, min, max);
    }

    /** Writes the file in one step; the samples that it names must stand beside it. */
    public static void write(Path file, Baseline baseline) {
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("format", Baseline.FORMAT);
        root.put("model", baseline.model())
                .put("recipeHash", baseline.recipeHash())
                .put("by", baseline.by())
                .put("why", baseline.why())
                .put("date", baseline.date())
                .put("run", baseline.run())
                .put("commit", baseline.commit());
        baseline.metrics().forEach(metric -> root.withArray("metrics").add(json(metric)));
        baseline.guards().forEach(guard -> root.withArray("guards")
                .addObject()
                .put("quantity", guard.quantity().name())
                .put("evaluation", guard.quantity().evaluation())
                .put("task", guard.quantity().task())
                .put("value", guard.value())
                .put("minRatio", guard.minRatio())
                .put("maxRatio", guard.maxRatio()));
        AtomicFiles.writeJson(file, root);
    }

    private static ObjectNode json(BaselineMetric metric) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("evaluation", metric.key().evaluation())
                .put("task", metric.key().task())
                .put("metric", metric.key().metric())
                .put("value", metric.value())
                .put("stderr", metric.stderr())
                .put("n", metric.n())
                .put("margin", metric.margin())
                .put("chance", metric.chance())
                .put("taskVersion", metric.taskVersion())
                .put("documentsHash", metric.documentsHash())
                .put("taskHash", metric.taskHash())
                .put("answersHash", metric.answersHash())
                .put("samples", metric.samples())
                .put("samplesSha256", metric.samplesSha256());
    }
}
