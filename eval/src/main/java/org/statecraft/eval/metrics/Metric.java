package org.statecraft.eval.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.List;
import org.statecraft.eval.scoring.Response;
import org.statecraft.eval.tasks.Document;

/**
 * A number that tasks report.
 *
 * @param key as task files and result files write it
 * @param higherIsBetter which way an improvement goes
 * @param aggregation of all documents
 * @param observer what a document contributes
 * @param form in which the samples file stores that
 */
public record Metric(String key, boolean higherIsBetter, Aggregation aggregation, Observer observer, Form form) {

    /** Finds what a document contributes. */
    @FunctionalInterface
    public interface Observer {
        /**
         * The contribution of a document.
         *
         * @param answers to its requests, in their order
         * @return null for a document that the metric does not count
         */
        Observation observe(Document document, List<? extends Response> answers);
    }

    /** How a contribution is stored. */
    public enum Form {
        NUMBER,
        /** 0 or 1 without a decimal point, as the harness writes greedy flags. */
        FLAG,
        /** A log-likelihood and its weight. */
        WEIGHTED,
        /** The right and the given label. */
        LABELS,
        COUNTS
    }

    public Observation observe(Document document, List<? extends Response> answers) {
        return observer.observe(document, answers);
    }

    /** A document's contribution as the samples file stores it. */
    public JsonNode json(Observation observation) {
        if (observation == null) {
            return NullNode.instance;
        }
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        switch (form) {
            case NUMBER -> {
                return DoubleNode.valueOf(observation.value());
            }
            case FLAG -> {
                return IntNode.valueOf((int) observation.value());
            }
            case WEIGHTED -> list.add(observation.value()).add((long) observation.weight());
            case LABELS -> list.add(observation.right()).add(observation.predicted());
            case COUNTS -> {
                for (double part : observation.parts()) {
                    list.add(part);
                }
            }
        }
        return list;
    }
}
