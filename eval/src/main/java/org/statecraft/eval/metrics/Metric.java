package org.statecraft.eval.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.statecraft.eval.python.PythonWhitespace;
import org.statecraft.eval.scoring.LabelAnswer;
import org.statecraft.eval.scoring.LogLikelihood;
import org.statecraft.eval.scoring.OutputType;
import org.statecraft.eval.scoring.Request;
import org.statecraft.eval.scoring.Response;
import org.statecraft.eval.scoring.WrittenAnswer;
import org.statecraft.eval.tasks.Document;

/** The numbers that tasks report, with the harness's names and definitions ({@code docs/evaluation.md}). */
public enum Metric {
    /** Of the continuation, all its tokens taken as one. */
    PERPLEXITY(OutputType.LOGLIKELIHOOD, Aggregation.PERPLEXITY, false) {
        @Override
        public Observation observe(Response response, Document document) {
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
        public Observation observe(Response response, Document document) {
            return new Observation(((LogLikelihood) response).greedy() ? 1 : 0, 1);
        }

        @Override
        public JsonNode json(Observation observation) {
            return IntNode.valueOf((int) observation.value());
        }
    },
    WORD_PERPLEXITY(OutputType.LOGLIKELIHOOD_ROLLING, Aggregation.WEIGHTED_PERPLEXITY, false) {
        @Override
        public Observation observe(Response response, Document document) {
            return new Observation(response.sum(), PythonWhitespace.splitCount(document.source()));
        }
    },
    BYTE_PERPLEXITY(OutputType.LOGLIKELIHOOD_ROLLING, Aggregation.WEIGHTED_PERPLEXITY, false) {
        @Override
        public Observation observe(Response response, Document document) {
            return new Observation(response.sum(), bytes(document.source()));
        }
    },
    BITS_PER_BYTE(OutputType.LOGLIKELIHOOD_ROLLING, Aggregation.BITS_PER_BYTE, false) {
        @Override
        public Observation observe(Response response, Document document) {
            return new Observation(response.sum(), bytes(document.source()));
        }
    },
    /** Share of documents whose right label is the likeliest token of all; an answer that is no label is wrong. */
    LABEL_ACC("acc", OutputType.LABEL, Aggregation.MEAN, true, Counted.ALL) {
        @Override
        public Observation observe(Response response, Document document) {
            Observation label = label(response, document);
            return new Observation(label.predicted() == label.right() ? 1 : 0, 1);
        }

        @Override
        public JsonNode json(Observation observation) {
            return IntNode.valueOf((int) observation.value());
        }
    },
    /** The same among the documents whose likeliest token is a label: the convention of the authors of state-offset tuning. */
    ACC_IN_CLASS(OutputType.LABEL, Aggregation.MEAN, Counted.IN_CLASS) {
        @Override
        public Observation observe(Response response, Document document) {
            return inClass(response) ? LABEL_ACC.observe(response, document) : null;
        }

        @Override
        public JsonNode json(Observation observation) {
            return observation == null ? NullNode.instance : LABEL_ACC.json(observation);
        }
    },
    /** Number of documents whose likeliest token is no label. */
    OUT_OF_CLASS(OutputType.LABEL, Aggregation.SUM, false) {
        @Override
        public Observation observe(Response response, Document document) {
            return new Observation(inClass(response) ? 0 : 1, 1);
        }

        @Override
        public JsonNode json(Observation observation) {
            return IntNode.valueOf((int) observation.value());
        }
    },
    MCC(OutputType.LABEL, Aggregation.MATTHEWS_CORRCOEF, Counted.ALL),
    MCC_IN_CLASS(OutputType.LABEL, Aggregation.MATTHEWS_CORRCOEF, Counted.IN_CLASS),
    /** Of the second label. */
    F1(OutputType.LABEL, Aggregation.F1, Counted.ALL),
    F1_IN_CLASS(OutputType.LABEL, Aggregation.F1, Counted.IN_CLASS),
    /** Share of written texts that are one of the references, character by character. */
    EXACT_MATCH(OutputType.GENERATE_UNTIL, Aggregation.MEAN, true) {
        @Override
        public Observation observe(Response response, Document document) {
            String written = ((WrittenAnswer) response).generation().text();
            return new Observation(document.targets().contains(written) ? 1 : 0, 1);
        }

        @Override
        public JsonNode json(Observation observation) {
            return DoubleNode.valueOf(observation.value());
        }
    };

    /** Which documents a metric of labels counts. */
    private enum Counted {
        ALL,
        IN_CLASS
    }

    private final String key;
    private final OutputType outputType;
    private final Aggregation aggregation;
    private final boolean higherIsBetter;
    private final Counted counted;

    Metric(OutputType outputType, Aggregation aggregation, boolean higherIsBetter) {
        this(null, outputType, aggregation, higherIsBetter, Counted.ALL);
    }

    Metric(OutputType outputType, Aggregation aggregation, Counted counted) {
        this(null, outputType, aggregation, true, counted);
    }

    Metric(String key, OutputType outputType, Aggregation aggregation, boolean higherIsBetter, Counted counted) {
        this.counted = counted;
        this.key = key == null ? name().toLowerCase(Locale.ROOT) : key;
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
     * @return null for a document that the metric does not count
     */
    public Observation observe(Response response, Document document) {
        return counted == Counted.ALL || inClass(response) ? label(response, document) : null;
    }

    /** A document's contribution as the samples file stores it. */
    public JsonNode json(Observation observation) {
        if (outputType == OutputType.LABEL) {
            return pair(observation);
        }
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
        return key;
    }

    private static boolean inClass(Response response) {
        return ((LabelAnswer) response).label() != LabelAnswer.OUTSIDE;
    }

    private static Observation label(Response response, Document document) {
        List<String> labels = ((Request.Label) document.request()).labels();
        return Observation.ofLabel(
                ((LabelAnswer) response).label(),
                labels.indexOf(document.targets().get(0)));
    }

    /** Right and given label, as the harness stores them. */
    private static JsonNode pair(Observation observation) {
        return observation == null
                ? NullNode.instance
                : JsonNodeFactory.instance.arrayNode().add(observation.right()).add(observation.predicted());
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
