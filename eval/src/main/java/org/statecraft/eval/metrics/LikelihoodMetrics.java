package org.statecraft.eval.metrics;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.statecraft.eval.metrics.Aggregation.OfMean;
import org.statecraft.eval.metrics.Metric.Form;
import org.statecraft.eval.python.PythonWhitespace;
import org.statecraft.eval.scoring.LogLikelihood;
import org.statecraft.eval.scoring.RollingLogLikelihood;

/** How likely the model finds continuations and texts. */
final class LikelihoodMetrics {
    /**
     * The perplexity of papers on pruning, for each token that is predicted in windows that do not overlap. It is not comparable with the
     * others.
     */
    static final String DISJOINT_WINDOWS = "wikitext2_token_ppl_gptq";

    /** Of one continuation, all its tokens taken as one; and whether greedy decoding would have given it. */
    static final Map<String, Metrics.Maker> OF_CONTINUATIONS = Metrics.byName(
            new Metric(
                    "perplexity",
                    false,
                    OfMean.PERPLEXITY,
                    (document, answers) -> new Observation(answers.get(0).sum()),
                    Form.NUMBER),
            new Metric(
                    "acc",
                    true,
                    OfMean.MEAN,
                    (document, answers) -> new Observation(((LogLikelihood) answers.get(0)).greedy() ? 1 : 0),
                    Form.FLAG));

    /** Of whole texts, for each word or byte of the document, or each token that was scored. */
    static final Map<String, Metrics.Maker> OF_TEXTS = Metrics.byName(
            new Metric(
                    "word_perplexity",
                    false,
                    OfMean.WEIGHTED_PERPLEXITY,
                    (document, answers) -> Observation.weighted(
                            answers.get(0).sum(), (double) PythonWhitespace.splitCount(document.source())),
                    Form.WEIGHTED),
            new Metric(
                    "byte_perplexity",
                    false,
                    OfMean.WEIGHTED_PERPLEXITY,
                    (document, answers) -> Observation.weighted(answers.get(0).sum(), bytes(document.source())),
                    Form.WEIGHTED),
            new Metric(
                    "bits_per_byte",
                    false,
                    OfMean.BITS_PER_BYTE,
                    (document, answers) -> Observation.weighted(answers.get(0).sum(), bytes(document.source())),
                    Form.WEIGHTED),
            new Metric(
                    DISJOINT_WINDOWS,
                    false,
                    OfMean.WEIGHTED_PERPLEXITY,
                    (document, answers) -> {
                        RollingLogLikelihood answer = (RollingLogLikelihood) answers.get(0);
                        return Observation.weighted(answer.sum(), (double) answer.tokens());
                    },
                    Form.WEIGHTED));

    private LikelihoodMetrics() {}

    static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
