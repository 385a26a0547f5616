package org.statecraft.eval.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.statecraft.eval.python.PythonWhitespace;
import org.statecraft.eval.scoring.LogLikelihood;
import org.statecraft.eval.scoring.OutputType;
import org.statecraft.eval.scoring.Response;

/** The numbers that tasks report, with the harness's names and definitions ({@code docs/evaluation.md}). */
public enum Metric {
    /** Of the continuation, all its tokens taken as one. */
    PERPLEXITY(OutputType.LOGLIKELIHOOD, Aggregation.PERPLEXITY, false) {
        @Override
        public Observation observe(Response response, String source) {
            return new Observation(response.sum(), 1);
        }

        @Override
        public JsonNode json(Observation observation) {
            return DoubleNode.valueOf(observation.value());
        }
    },
    /** Share of continuations that greedy decoding would have given. */
    ACC(OutputType.LOGLIKELIHOOD, Aggregation.MEAN, true) {
        @Override
        public Observation observe(Response response, String source) {
            return new Observation(((LogLikelihood) response).greedy() ? 1 : 0, 1);
        }

        @Override
        public JsonNode json(Observation observation) {
            return IntNode.valueOf((int) observation.value());
        }
    },
    WORD_PERPLEXITY(OutputType.LOGLIKELIHOOD_ROLLING, Aggregation.WEIGHTED_PERPLEXITY, false) {
        @Override
        public Observation observe(Response response, String source) {
            return new Observation(response.sum(), PythonWhitespace.splitCount(source));
        }
    },
    BYTE_PERPLEXITY(OutputType.LOGLIKELIHOOD_ROLLING, Aggregation.WEIGHTED_PERPLEXITY, false) {
        @Override
        public Observation observe(Response response, String source) {
            return new Observation(response.sum(), bytes(source));
        }
    },
    BITS_PER_BYTE(OutputType.LOGLIKELIHOOD_ROLLING, Aggregation.BITS_PER_BYTE, false) {
        @Override
        public Observation observe(Response response, String source) {
            return new Observation(response.sum(), bytes(source));
        }
    };

    private final OutputType outputType;
    private final Aggregation aggregation;
    private final boolean higherIsBetter;

    Metric(OutputType outputType, Aggregation aggregation, boolean higherIsBetter) {
        this.outputType = outputType;
        this.aggregation = aggregation;
        this.higherIsBetter = higherIsBetter;
    }

    /** All metrics of answers of one kind, in the order in which they are reported. */
    public static List<Metric> of(OutputType outputType) {
        return Arrays.stream(values())
                .filter(metric -> metric.outputType == outputType)
                .toList();
    }

    /**
     * What a document contributes.
     *
     * @param source the document's own text, whose words or bytes weigh the rolling metrics
     */
    public abstract Observation observe(Response response, String source);

    /** A document's contribution as the samples file stores it. */
    public JsonNode json(Observation observation) {
        return JsonNodeFactory.instance.arrayNode().add(observation.value()).add(observation.weight());
    }

    public Aggregation aggregation() {
        return aggregation;
    }

    public boolean higherIsBetter() {
        return higherIsBetter;
    }

    /** As task files and result files write it. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
