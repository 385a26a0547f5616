package org.statecraft.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.eval.cache.AnswerCache;
import org.statecraft.eval.metrics.Metric;
import org.statecraft.eval.metrics.Metric.Form;
import org.statecraft.eval.metrics.Observation;
import org.statecraft.eval.scoring.LanguageModelScorer;
import org.statecraft.eval.scoring.Response;
import org.statecraft.eval.scoring.Scorer;
import org.statecraft.eval.scoring.ScoringOptions;
import org.statecraft.eval.tasks.Task;
import org.statecraft.eval.tasks.TaskConfig;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.testing.Tolerances;

/**
 * The same model, documents and task definitions as in runs of lm-evaluation-harness, and the same numbers. The definitions are those
 * that its result files carry; they have no functions, so those are named here.
 */
class HarnessParityTest {
    private static final Map<String, Map<String, String>> FUNCTIONS = Map.of(
            "hellaswag", Map.of("process_docs", "!function utils.process_docs"),
            "winogrande",
                    Map.of(
                            "doc_to_text", "!function preprocess_winogrande.doc_to_text",
                            "doc_to_target", "!function preprocess_winogrande.doc_to_target",
                            "doc_to_choice", "!function preprocess_winogrande.doc_to_choice"),
            "wikitext",
                    Map.of(
                            "doc_to_target", "!function preprocess_wikitext.wikitext_detokenizer",
                            "process_results", "!function preprocess_wikitext.process_results"));

    private static LanguageModel model;
    private static Tokenizer tokenizer;
    private static Map<String, Double> margins;

    @BeforeAll
    static void load() {
        model = EvalFixtures.model();
        tokenizer = EvalFixtures.tokenizer();
        margins = new HashMap<>();
        for (JsonNode document : EvalFixtures.objects("loglik_zeroshot.jsonl")) {
            String key = document.get("task").textValue() + " " + document.get("doc_id");
            margins.put(key, document.path("margin").asDouble());
            margins.put(key + " norm", document.path("margin_norm").asDouble());
        }
    }

    @AfterAll
    static void close() {
        tokenizer.close();
        model.close();
    }

    static Stream<String> tasks() {
        List<String> names = new ArrayList<>();
        EvalFixtures.harnessResults("zeroshot").get("results").fieldNames().forEachRemaining(names::add);
        return names.stream();
    }

    private static Scorer scorer(JsonNode run) {
        int maxLength = run.at("/config/model_args/max_length").intValue();
        return LanguageModelScorer.of(model, tokenizer, new ScoringOptions(16, maxLength));
    }

    /** The task of a run over the documents that its samples file has. */
    private static Task task(JsonNode run, String name, List<JsonNode> samples) {
        ObjectNode keys = run.get("configs").get(name).deepCopy();
        keys.remove(List.of("unsafe_code", "fewshot_config", "process_docs", "process_results"));
        FUNCTIONS.getOrDefault(name, Map.of()).forEach(keys::put);
        // the draws of examples have a test of their own: the pool is not here
        keys.put("num_fewshot", 0);
        TaskConfig config = TestTasks.config(keys.toString());
        List<ObjectNode> rows =
                samples.stream().map(sample -> (ObjectNode) sample.get("doc")).toList();
        return new Task(config, split -> rows);
    }

    private static TaskResult evaluate(JsonNode run, Task task) {
        int replicates = run.at("/config/bootstrap_iters").intValue();
        return Evaluator.run(
                        List.of(task),
                        scorer(run),
                        new EvaluationOptions(EvaluationOptions.ALL, replicates),
                        AnswerCache.NONE,
                        (what, done, total) -> {})
                .tasks()
                .get(0);
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void aTaskScoresAsInTheHarness(String name) {
        JsonNode run = EvalFixtures.harnessResults("zeroshot");
        List<JsonNode> samples = EvalFixtures.objects(EvalFixtures.harnessSamples("zeroshot", name));
        TaskResult result = evaluate(run, task(run, name, samples));

        int flipped = 0;
        for (int i = 0; i < samples.size(); i++) {
            checkTexts(samples.get(i), result.samples().get(i));
            checkAnswers(samples.get(i), result.samples().get(i));
            for (Metric metric : result.metrics().keySet()) {
                flipped += flipped(
                                name,
                                i,
                                metric,
                                samples.get(i),
                                result.samples().get(i))
                        ? 1
                        : 0;
            }
        }
        assertEquals(run.get("task_hashes").get(name).textValue(), result.hash());
        JsonNode scores = run.get("results").get(name);
        for (Map.Entry<Metric, MetricValue> entry : result.metrics().entrySet()) {
            String key = entry.getKey().key();
            boolean exact = entry.getKey().form() != Form.NUMBER || key.startsWith("acc");
            double tolerance =
                    exact && !key.equals("perplexity") ? Tolerances.METRIC_RELATIVE : Tolerances.PERPLEXITY_RELATIVE;
            if (flipped == 0) {
                checkRelative(scores.get(key + ",none"), entry.getValue().value(), tolerance);
                checkRelative(scores.get(key + "_stderr,none"), entry.getValue().stderr(), tolerance);
            }
            assertEquals(
                    run.at("/higher_is_better/" + name + "/" + key).booleanValue(),
                    entry.getValue().higherIsBetter());
        }
    }

    private static void checkTexts(JsonNode expected, Sample sample) {
        for (int r = 0; r < sample.document().requests().size(); r++) {
            List<String> arguments = sample.document().requests().get(r).arguments();
            for (int a = 0; a < arguments.size(); a++) {
                assertEquals(
                        expected.at("/arguments/gen_args_" + r + "/arg_" + a).textValue(), arguments.get(a));
            }
        }
        assertEquals(
                expected.get("arguments").size(), sample.document().requests().size());
        assertEquals(expected.get("target").textValue(), sample.document().target());
        assertEquals(expected.get("doc_hash").textValue(), sample.documentHash());
        assertEquals(expected.get("prompt_hash").textValue(), sample.promptHash());
        assertEquals(expected.get("target_hash").textValue(), sample.targetHash());
    }

    private static void checkAnswers(JsonNode expected, Sample sample) {
        for (int r = 0; r < sample.answers().size(); r++) {
            Response answer = sample.answers().get(r);
            double sum = Double.parseDouble(
                    expected.at("/filtered_resps/" + r + "/0").textValue());
            assertEquals(sum, answer.sum(), Tolerances.logLikelihoodSum(sum));
        }
    }

    /** Whether a document scores differently, which it may where the two best choices are closer than the tolerance. */
    private static boolean flipped(String task, int document, Metric metric, JsonNode expected, Sample sample) {
        JsonNode found = metric.json(sample.observations().get(metric.key()));
        if (metric.key().equals("perplexity")) {
            return false;
        }
        if (found.equals(expected.get(metric.key()))) {
            return false;
        }
        String key = task + " " + document + (metric.key().equals("acc_norm") ? " norm" : "");
        assertTrue(margins.get(key) < 2e-3, key + ": " + found + " but " + expected.get(metric.key()));
        return true;
    }

    @ParameterizedTest
    @ValueSource(strings = {"wikitext256", "wikitext2048"})
    void rollingScoresAreTheHarnesss(String runName) {
        JsonNode run = EvalFixtures.harnessResults(runName);
        List<JsonNode> samples = EvalFixtures.objects(EvalFixtures.harnessSamples(runName, "wikitext"));
        TaskResult result = evaluate(run, task(run, "wikitext", samples));
        for (int i = 0; i < samples.size(); i++) {
            checkTexts(samples.get(i), result.samples().get(i));
            for (Metric metric : result.metrics().keySet()) {
                JsonNode expected = samples.get(i).get(metric.key());
                Observation found = result.samples().get(i).observations().get(metric.key());
                double sum = expected.get(0).doubleValue();
                assertEquals(sum, found.value(), Tolerances.logLikelihoodSum(sum));
                assertEquals(expected.get(1).doubleValue(), found.parts()[1]);
            }
        }
        JsonNode scores = run.at("/results/wikitext");
        result.metrics().forEach((metric, value) -> {
            checkRelative(scores.get(metric.key() + ",none"), value.value(), Tolerances.PERPLEXITY_RELATIVE);
            assertEquals("N/A", scores.get(metric.key() + "_stderr,none").textValue());
            assertNull(value.stderr());
        });
    }

    /** The harness's own per-document values resampled here: the standard error must agree to the last digits. */
    @Test
    void theBootstrapOfTheHarnesssLogLikelihoodsIsItsOwn() {
        JsonNode run = EvalFixtures.harnessResults("zeroshot");
        List<JsonNode> samples = EvalFixtures.objects(EvalFixtures.harnessSamples("zeroshot", "lambada_openai"));
        Metric perplexity = task(run, "lambada_openai", samples).metrics().get(0);
        List<Observation> observations = samples.stream()
                .map(sample -> new Observation(sample.get("perplexity").doubleValue()))
                .toList();
        double expected =
                run.at("/results/lambada_openai/perplexity_stderr,none").doubleValue();
        double found = perplexity
                .aggregation()
                .standardError(observations, run.at("/config/bootstrap_iters").intValue());
        assertEquals(expected, found, Tolerances.METRIC_RELATIVE * expected);
    }

    private static void checkRelative(JsonNode expected, double found, double tolerance) {
        assertEquals(expected.doubleValue(), found, tolerance * Math.abs(expected.doubleValue()));
    }
}
