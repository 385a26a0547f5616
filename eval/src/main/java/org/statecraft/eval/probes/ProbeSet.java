package org.statecraft.eval.probes;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.statecraft.eval.metrics.Aggregation.OfMean;
import org.statecraft.eval.metrics.Metric;
import org.statecraft.eval.metrics.Metric.Form;
import org.statecraft.eval.metrics.Metric.Observer;
import org.statecraft.eval.tasks.DocField;
import org.statecraft.eval.tasks.Document;
import org.statecraft.eval.tasks.OutputType;
import org.statecraft.eval.tasks.TaskConfig;

/**
 * What is drawn of a probe, and how results name it: a task that has a metric for each slice.
 *
 * @param name of the task
 * @param options of the probe, for result files
 * @param slices the difficulties, different ones
 * @param seed of the draws
 * @param examples wanted of each slice
 */
public record ProbeSet(String name, Map<String, String> options, List<ProbeSlice> slices, long seed, int examples) {
    /** To be raised when a probe asks something else, or asks it otherwise. */
    private static final double VERSION = 1;

    /** The field of a document that names its slice. */
    static final String SLICE = "slice";

    public ProbeSet {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        slices = List.copyOf(slices);
    }

    /** The name of a metric on a slice: {@code acc [T=64 k=4]}. */
    public static String metric(String key, ProbeSlice slice) {
        return key + " [" + slice.label() + "]";
    }

    /** The fields of a document, of which the slice is the first. */
    static ObjectNode fields(ProbeSlice slice) {
        return JsonNodeFactory.instance.objectNode().put(SLICE, slice.label());
    }

    /** A metric for each slice and then, where there are several, one of all: a mean that never stands without what it hides. */
    List<Metric> metrics(String key, Observer observer) {
        List<Metric> metrics = new ArrayList<>();
        for (ProbeSlice slice : slices) {
            String label = slice.label();
            metrics.add(mean(
                    metric(key, slice),
                    (document, answers) -> isOf(label, document) ? observer.observe(document, answers) : null));
        }
        if (slices.size() > 1) {
            metrics.add(mean(key + "_all", observer));
        }
        return metrics;
    }

    private static boolean isOf(String label, Document document) {
        return document.fields().path(SLICE).asText().equals(label);
    }

    private static Metric mean(String key, Observer observer) {
        return new Metric(key, true, OfMean.MEAN, observer, Form.NUMBER);
    }

    /**
     * The task as result files describe it.
     *
     * @param probe its type
     * @param text the field of a document with what is read
     */
    TaskConfig config(String probe, String text, OutputType outputType) {
        return new TaskConfig(
                name,
                "probe",
                probe,
                new TreeMap<>(options),
                Map.of(),
                new TaskConfig.Splits(null, null, "test", null),
                null,
                new DocField.Text(text),
                new DocField.Text("answers"),
                null,
                null,
                outputType,
                "",
                "",
                "",
                new TaskConfig.FewShot(0, "", false),
                List.of(),
                null,
                VERSION);
    }
}
