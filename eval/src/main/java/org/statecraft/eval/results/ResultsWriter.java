package org.statecraft.eval.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.statecraft.eval.EvaluationOptions;
import org.statecraft.eval.EvaluationResult;
import org.statecraft.eval.python.PythonJson;
import org.statecraft.eval.scoring.ScoringOptions;
import org.statecraft.model.files.AtomicFiles;

/**
 * Writes an evaluation in the layout of lm-evaluation-harness 0.4.13 ({@code docs/evaluation.md}).
 *
 * <p>What the harness does not know stands under the one extra key {@code statecraft}. Of the harness's own keys those about
 * Python packages and chat templates are left out.
 */
public final class ResultsWriter {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Pattern UNFIT_FOR_FILE_NAMES = Pattern.compile("[\"<>:/|\\\\?*\\[\\]]+");
    private static final String MISSING = "N/A";

    private final List<ScoredTask> tasks;
    private final EvaluationOptions options;
    private final ModelFacts model;
    private final ScoringOptions scoring;
    private final RunFacts run;

    public ResultsWriter(EvaluationResult result, ModelFacts model, ScoringOptions scoring, RunFacts run) {
        this(
                result.tasks().stream().<ScoredTask>map(EvaluatedTask::new).toList(),
                result.options(),
                model,
                scoring,
                run);
    }

    /** For scores that are no tasks of task files. */
    public ResultsWriter(
            List<ScoredTask> tasks, EvaluationOptions options, ModelFacts model, ScoringOptions scoring, RunFacts run) {
        this.tasks = List.copyOf(tasks);
        this.options = options;
        this.model = model;
        this.scoring = scoring;
        this.run = run;
    }

    /**
     * Writes {@code file} and, in a folder beside it named like it without {@code .json}, {@code samples_<task>.jsonl} for each
     * task. The result file comes last: where it stands, the samples stand too.
     *
     * @param statecraft our own additions: recipe hash, adapter, kernel and the like
     */
    public void write(Path file, Map<String, ?> statecraft) {
        Path folder = file.resolveSibling(file.getFileName().toString().replaceFirst("\\.json$", ""));
        if (folder.equals(file)) {
            throw new IllegalArgumentException("the name of a result file ends in .json: " + file);
        }
        for (ScoredTask task : tasks) {
            writeSamples(folder.resolve("samples_" + sanitized(task.name()) + ".jsonl"), task);
        }
        ObjectNode root = byTask();
        root.set("config", config());
        putRun(root);
        root.putPOJO("statecraft", statecraft);
        AtomicFiles.writeJson(file, root);
    }

    private static void writeSamples(Path file, ScoredTask task) {
        AtomicFiles.write(file, temporary -> {
            try (BufferedWriter out = Files.newBufferedWriter(temporary)) {
                for (int i = 0; i < task.samples(); i++) {
                    out.write(PythonJson.line(task.sample(i)));
                    out.write('\n');
                }
            }
        });
    }

    private ObjectNode byTask() {
        ObjectNode root = JSON.objectNode();
        put(root, "results", ResultsWriter::scores);
        root.putObject("group_subtasks");
        put(root, "configs", ScoredTask::config);
        put(root, "versions", ScoredTask::version);
        put(root, "n-shot", task -> JSON.numberNode(task.fewShot()));
        put(root, "higher_is_better", task -> {
            ObjectNode directions = JSON.objectNode();
            task.metrics().forEach((metric, value) -> directions.put(metric, value.higherIsBetter()));
            return directions;
        });
        put(root, "n-samples", task -> JSON.objectNode()
                .put("original", task.documents())
                .put("effective", task.samples()));
        return root;
    }

    private void put(ObjectNode root, String key, Function<ScoredTask, JsonNode> entry) {
        ObjectNode node = root.putObject(key);
        tasks.forEach(task -> node.set(task.name(), entry.apply(task)));
    }

    private static JsonNode scores(ScoredTask task) {
        ObjectNode scores = JSON.objectNode()
                .put("name", task.name())
                .put("alias", task.name())
                .put("sample_len", task.samples());
        task.metrics().forEach((metric, value) -> {
            scores.set(metric + ",none", orMissing(value.value()));
            scores.set(metric + "_stderr,none", orMissing(value.stderr()));
        });
        return scores;
    }

    private static JsonNode orMissing(Double value) {
        return value == null ? JSON.textNode(MISSING) : JSON.numberNode(value);
    }

    /** The seeds are the harness's defaults: of them only the few-shot draw and the bootstrap have a meaning here. */
    private ObjectNode config() {
        ObjectNode config = JSON.objectNode().put("model", "statecraft");
        ObjectNode arguments = config.putObject("model_args").put("pretrained", model.name());
        model.arguments().forEach(arguments::put);
        arguments.put("max_length", scoring.maxLength()).put("dtype", model.dtype());
        config.put("model_num_parameters", model.parameters())
                .put("model_dtype", model.dtype())
                .put("model_revision", "")
                .put("model_sha", "")
                .put("batch_size", scoring.batch());
        config.putArray("batch_sizes");
        double limit = options.limit();
        config.put("device", model.device())
                .putNull("use_cache")
                .put("limit", limit == EvaluationOptions.ALL ? null : (Double) limit)
                .put("bootstrap_iters", options.bootstrapReplicates())
                .putNull("gen_kwargs")
                .put("random_seed", 0)
                .put("numpy_seed", 1234)
                .put("torch_seed", 1234)
                .put("fewshot_seed", 1234);
        return config;
    }

    private void putRun(ObjectNode root) {
        root.put("git_hash", run.gitHash()).put("date", run.started().toEpochMilli() / 1000.0);
        for (String role : new String[] {"pad", "eos", "bos"}) {
            root.putArray("tokenizer_" + role + "_token").add("<|endoftext|>").add(Integer.toString(model.endOfText()));
        }
        root.put("eot_token_id", model.endOfText()).put("max_length", scoring.maxLength());
        put(root, "task_hashes", task -> JSON.textNode(task.hash()));
        root.put("model_source", "statecraft")
                .put("model_name", model.name())
                .put("model_name_sanitized", sanitized(model.name()))
                .putNull("system_instruction")
                .putNull("system_instruction_sha")
                .put("fewshot_as_multiturn", false)
                .putNull("chat_template")
                .putNull("chat_template_sha")
                .put(
                        "total_evaluation_time_seconds",
                        PythonJson.number(run.duration().toNanos() / 1e9));
    }

    private static String sanitized(String name) {
        return UNFIT_FOR_FILE_NAMES.matcher(name).replaceAll("__");
    }
}
