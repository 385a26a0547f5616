package org.statecraft.eval.tasks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Function;
import org.statecraft.eval.metrics.Metric;
import org.statecraft.eval.metrics.Metrics;
import org.statecraft.model.InputException;

/**
 * A benchmark: what results say of it, what is reported, and its documents.
 *
 * @param metrics what is reported, in order
 */
public record Task(TaskConfig config, List<Metric> metrics, Source source) {

    /** Documents to evaluate, of all that there are. */
    public record Documents(List<Document> used, int all) {}

    /** Where documents come from. */
    @FunctionalInterface
    public interface Source {
        /**
         * The first documents.
         *
         * @param limit how many are wanted of so many
         */
        Documents first(Function<Integer, Integer> limit);
    }

    public Task {
        metrics = List.copyOf(metrics);
    }

    /**
     * A task as a file defines it.
     *
     * @param rows the documents of a split, by its name
     * @param files finds what options of metrics name
     */
    public Task(TaskConfig config, Function<String, List<ObjectNode>> rows, Metrics.Files files) {
        this(config, Metrics.of(config, files), new FileDocuments(config, rows));
    }

    /** A task whose metrics need no files. */
    public Task(TaskConfig config, Function<String, List<ObjectNode>> rows) {
        this(config, rows, given -> {
            throw new InputException("task " + config.name() + ": the file " + given + " is not there");
        });
    }

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
        return source.first(limit);
    }

    /** Where a document stands. */
    public String place(int document) {
        return place(config, document);
    }

    static String place(TaskConfig config, int document) {
        return "task " + config.name() + ", document " + document + " of the split "
                + config.splits().scored();
    }
}
