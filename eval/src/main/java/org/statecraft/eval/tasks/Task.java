package org.statecraft.eval.tasks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.statecraft.eval.metrics.Metric;
import org.statecraft.eval.metrics.Metrics;
import org.statecraft.model.InputException;

/**
 * A benchmark: what a task file defines, and the documents of its splits.
 *
 * @param rows the documents of a split, by its name
 * @param metrics what is reported, in order
 */
public record Task(TaskConfig config, Function<String, List<ObjectNode>> rows, List<Metric> metrics) {
    public Task {
        metrics = List.copyOf(metrics);
    }

    /** A task whose metrics need no files. */
    public Task(TaskConfig config, Function<String, List<ObjectNode>> rows) {
        this(config, rows, given -> {
            throw new InputException("task " + config.name() + ": the file " + given + " is not there");
        });
    }

    /**
     * A task.
     *
     * @param files finds what options of metrics name
     */
    public Task(TaskConfig config, Function<String, List<ObjectNode>> rows, Metrics.Files files) {
        this(config, rows, Metrics.of(config, files));
    }

    /** Documents to evaluate, of all that there are. */
    public record Documents(List<Document> used, int all) {}

    public String name() {
        return config.name();
    }

    /**
     * Reads the first documents of the scored split.
     *
     * @param limit how many are wanted of so many
     * @throws InputException when data cannot be read or does not fit the task; the message names task and document
     */
    public Documents documents(Function<Integer, Integer> limit) {
        List<Row> all = split(config.splits().scored());
        List<Row> used = all.subList(0, Math.min(all.size(), limit.apply(all.size())));
        FewShotSampler examples = config.fewShot().count() == 0
                ? FewShotSampler.none()
                : FewShotSampler.of(config, split(config.splits().examples()));
        DocumentBuilder builder = new DocumentBuilder(config);
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < used.size(); i++) {
            try {
                documents.add(builder.document(used.get(i), builder.examples(examples.draw(used.get(i)))));
            } catch (InputException e) {
                throw new InputException(place(i) + ": " + e.getMessage(), e);
            }
        }
        return new Documents(documents, all.size());
    }

    /** Where a document stands. */
    public String place(int document) {
        return "task " + name() + ", document " + document + " of the split "
                + config.splits().scored();
    }

    private List<Row> split(String name) {
        List<ObjectNode> read = rows.apply(name);
        if (read.isEmpty()) {
            throw new InputException("task " + name() + ": the split " + name + " holds no documents");
        }
        List<Row> split = new ArrayList<>();
        for (int i = 0; i < read.size(); i++) {
            try {
                split.add(Row.of(
                        config.processDocs() == null
                                ? read.get(i)
                                : config.processDocs().process(read.get(i))));
            } catch (InputException e) {
                throw new InputException(
                        "task " + name() + ", document " + i + " of the split " + name + ": " + e.getMessage(), e);
            }
        }
        return split;
    }
}
