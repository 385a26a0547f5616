package org.statecraft.eval.tasks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.statecraft.eval.metrics.Metrics;
import org.statecraft.eval.scoring.GenerationSettings;
import org.statecraft.eval.tasks.TaskConfig.FewShot;
import org.statecraft.eval.tasks.TaskConfig.MetricEntry;
import org.statecraft.eval.tasks.TaskConfig.Splits;

/**
 * Makes a {@link TaskConfig} of the keys of a task file, and reports everything that is wrong with them.
 *
 * <p>Keys are those of the harness. What it does not know stands under {@code metadata.statecraft}, where it does not look.
 */
public final class TaskReader {
    private static final List<String> KEYS = List.of(
            "task",
            "task_alias",
            "tag",
            "dataset_path",
            "dataset_name",
            "dataset_kwargs",
            "training_split",
            "validation_split",
            "test_split",
            "fewshot_split",
            "process_docs",
            "doc_to_text",
            "doc_to_target",
            "doc_to_choice",
            "process_results",
            "description",
            "target_delimiter",
            "fewshot_delimiter",
            "fewshot_config",
            "num_fewshot",
            "metric_list",
            "output_type",
            "generation_kwargs",
            "repeats",
            "should_decontaminate",
            "doc_to_decontamination_query",
            "metadata");

    private final TaskKeys keys;
    private final TaskProblems problems;

    private TaskReader(Map<String, Object> keys, TaskProblems problems) {
        this.keys = new TaskKeys(keys, "", problems);
        this.problems = problems;
    }

    /**
     * Reads a task.
     *
     * @param keys as YAML gives them: texts, numbers, truth values, lists, maps and {@link FunctionName}s
     * @return a task that can be used only if nothing was reported
     */
    public static TaskConfig read(Map<String, Object> keys, TaskProblems problems) {
        return new TaskReader(keys, problems).read();
    }

    private TaskConfig read() {
        keys.expectOnly(KEYS);
        String name = keys.text("task", null);
        if (name == null) {
            keys.missing("task", "the name of the task");
        }
        if (keys.integer("repeats", 1) != 1) {
            problems.report(
                    "repeats", "more than one answer to each question", "1, the only number that is read", null);
        }
        OutputType outputType = keys.choice("output_type", OutputType.values(), OutputType::key);
        TaskKeys dataset = keys.map("dataset_kwargs");
        Map<String, List<String>> files = files(dataset.map("data_files"));
        Map<String, Object> options = new LinkedHashMap<>(dataset.all());
        options.remove("data_files");
        String path = keys.text("dataset_path", null);
        if (path == null) {
            keys.missing("dataset_path", "how the data is read, as json, or a dataset of the hub");
        }
        Splits splits = splits(files);
        TaskKeys metadata = keys.map("metadata");
        TaskKeys own = metadata.map("statecraft");
        own.expectOnly(List.of("prefix"));
        Object version = metadata.all().get("version");
        if (version == null) {
            metadata.missing("version", "a number that is raised when scores before and after cannot be compared");
        }
        FewShot fewShot = fewShot();
        DocField choice = field("doc_to_choice", name);
        return new TaskConfig(
                name,
                path,
                keys.text("dataset_name", null),
                options,
                files,
                splits,
                function("process_docs", BuiltIn.Role.DOCUMENTS, name),
                required("doc_to_text", name),
                required("doc_to_target", name),
                needsChoices(outputType, choice),
                function("process_results", BuiltIn.Role.RESULTS, name),
                outputType,
                keys.text("description", ""),
                own.text("prefix", ""),
                keys.text("target_delimiter", " "),
                fewShot,
                metrics(outputType, choice != null),
                generation(outputType, fewShot.delimiter()),
                version);
    }

    private DocField needsChoices(OutputType outputType, DocField choice) {
        if (outputType == OutputType.MULTIPLE_CHOICE && choice == null && !keys.has("doc_to_choice")) {
            keys.missing("doc_to_choice", "the choices of a task of the output type multiple_choice");
        }
        return choice;
    }

    private Map<String, List<String>> files(TaskKeys dataFiles) {
        Map<String, List<String>> files = new LinkedHashMap<>();
        for (String split : dataFiles.all().keySet()) {
            files.put(split, dataFiles.texts(split));
        }
        return files;
    }

    private Splits splits(Map<String, List<String>> files) {
        Splits splits = new Splits(
                keys.text("training_split", null),
                keys.text("validation_split", null),
                keys.text("test_split", null),
                keys.text("fewshot_split", null));
        if (splits.scored() == null) {
            keys.missing("test_split", "the split that is scored, here or under validation_split");
        }
        for (String key : List.of("training_split", "validation_split", "test_split", "fewshot_split")) {
            String split = keys.text(key, null);
            if (split != null && !files.isEmpty() && !files.containsKey(split)) {
                problems.report(
                        key,
                        "the split '" + split + "' has no file",
                        "one of " + String.join(", ", files.keySet()) + ", or the key dataset_kwargs.data_files."
                                + split,
                        null);
            }
        }
        return splits;
    }

    private FewShot fewShot() {
        TaskKeys config = keys.map("fewshot_config");
        config.expectOnly(List.of("sampler"));
        String sampler = config.text("sampler", "default");
        if (!List.of("default", "first_n").contains(sampler)) {
            problems.report("fewshot_config.sampler", "unknown sampler '" + sampler + "'", "default or first_n", null);
        }
        int count = keys.integer("num_fewshot", 0);
        if (count < 0) {
            problems.report("num_fewshot", "found " + count, "a number of examples, 0 or more", null);
        }
        return new FewShot(count, keys.text("fewshot_delimiter", "\n\n"), sampler.equals("first_n"));
    }

    private DocField required(String key, String task) {
        DocField field = field(key, task);
        if (field == null && !keys.has(key)) {
            keys.missing(key, "a template, as \"Question: {{question}}\"");
        }
        return field;
    }

    private DocField field(String key, String task) {
        if (!keys.has(key)) {
            return null;
        }
        Object value = keys.all().get(key);
        if (value instanceof FunctionName) {
            BuiltIn function = function(key, BuiltIn.Role.FIELD, task);
            return function == null ? null : new DocField.Function(function);
        }
        DocField field = DocField.parse(value);
        if (field == null) {
            problems.report(key, "found " + TaskKeys.describe(value), "a template, a number, texts or !function", null);
        }
        return field;
    }

    private BuiltIn function(String key, BuiltIn.Role role, String task) {
        Object value = keys.all().get(key);
        if (value == null) {
            return null;
        }
        List<String> known = BuiltIn.keys(role);
        if (!(value instanceof FunctionName name)) {
            problems.report(key, "found " + TaskKeys.describe(value), "!function and one of " + known, null);
            return null;
        }
        BuiltIn function = BuiltIn.find(name.name(), task);
        if (function == null || function.role() != role) {
            problems.report(
                    key,
                    "the function " + name.name() + ", which is Python code that is not run here",
                    "a template, or one of " + String.join(", ", known),
                    TaskKeys.nearest(name.name(), known));
            return null;
        }
        return function;
    }

    private List<MetricEntry> metrics(OutputType outputType, boolean choices) {
        List<MetricEntry> entries = new ArrayList<>();
        if (outputType == null) {
            return entries;
        }
        List<String> known = Metrics.names(outputType, choices);
        if (!keys.has("metric_list")) {
            Metrics.defaults(outputType, choices).forEach(name -> entries.add(new MetricEntry(name, Map.of())));
            return entries;
        }
        for (TaskKeys line : keys.maps("metric_list")) {
            String name = line.text("metric", null);
            if (name == null) {
                line.missing("metric", "a name");
            } else if (!known.contains(name)) {
                problems.report(
                        line.path("metric"),
                        "unknown metric '" + name + "' for output_type " + outputType.key(),
                        "one of " + String.join(", ", known),
                        TaskKeys.nearest(name, known));
            } else {
                Map<String, Object> options = new LinkedHashMap<>(line.all());
                List.of("metric", "aggregation", "higher_is_better").forEach(options::remove);
                checkOptions(name, options, line);
                entries.add(new MetricEntry(name, options));
            }
        }
        checkWindows(entries);
        return entries;
    }

    private void checkWindows(List<MetricEntry> entries) {
        for (int i = 0; entries.size() > 1 && i < entries.size(); i++) {
            String name = entries.get(i).name();
            if (Metrics.needsDisjointWindows(name)) {
                problems.report(
                        "metric_list",
                        name + " beside other metrics, which are of windows that overlap",
                        "a task of its own for it",
                        null);
                return;
            }
        }
    }

    private void checkOptions(String metric, Map<String, Object> options, TaskKeys line) {
        for (String file : Metrics.fileOptions(metric)) {
            if (!(options.get(file) instanceof String)) {
                line.missing(file, "a path: the metric " + metric + " needs it");
            }
        }
        List<String> known = Metrics.options(metric);
        for (String option : new TreeSet<>(options.keySet())) {
            if (!known.contains(option)) {
                problems.report(
                        line.path(option),
                        "the metric " + metric + " has no option '" + option + "'",
                        known.isEmpty() ? "no such key" : "one of " + String.join(", ", known),
                        TaskKeys.nearest(option, known));
            }
        }
    }

    private GenerationSettings generation(OutputType outputType, String delimiter) {
        if (outputType != OutputType.GENERATE_UNTIL) {
            if (keys.has("generation_kwargs") && outputType != null) {
                problems.report(
                        "generation_kwargs", "a key that says nothing with " + outputType.key(), "no such key", null);
            }
            return null;
        }
        return GenerationKeys.read(keys.map("generation_kwargs"), delimiter);
    }
}
