package org.statecraft.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.eval.metrics.Metric;
import org.statecraft.eval.metrics.Observation;
import org.statecraft.eval.scoring.LanguageModelScorer;
import org.statecraft.eval.scoring.OutputType;
import org.statecraft.eval.scoring.Request;
import org.statecraft.eval.scoring.RollingLogLikelihood;
import org.statecraft.eval.scoring.Scorer;
import org.statecraft.eval.scoring.ScoringOptions;
import org.statecraft.eval.tasks.Document;
import org.statecraft.eval.tasks.Task;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.testing.Tolerances;

/** The same model, documents and settings as in runs of lm-evaluation-harness, and the same numbers. */
class HarnessParityTest {
    private static LanguageModel model;
    private static Tokenizer tokenizer;

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        model = EvalFixtures.model();
        tokenizer = EvalFixtures.tokenizer();
    }

    @AfterAll
    static void close() {
        tokenizer.close();
        model.close();
    }

    private static Scorer scorer(int maxLength) {
        return LanguageModelScorer.of(model, tokenizer, new ScoringOptions(16, maxLength));
    }

    @Test
    void lambadaScoresAsInTheHarness() throws IOException {
        JsonNode run = EvalFixtures.harnessResults("zeroshot");
        List<JsonNode> samples = EvalFixtures.objects(EvalFixtures.harnessSamples("zeroshot", "lambada_openai"));
        Path data = folder.resolve("lambada.jsonl");
        Files.write(
                data,
                samples.stream().map(sample -> sample.get("doc").toString()).toList());
        int replicates = run.at("/config/bootstrap_iters").intValue();

        TaskResult result = Evaluator.run(
                        List.of(Task.of("lambada_openai", "1.0", data, "lambada")),
                        scorer(run.at("/config/model_args/max_length").intValue()),
                        new EvaluationOptions(EvaluationOptions.ALL, replicates),
                        (task, done, total) -> {})
                .tasks()
                .get(0);

        for (int i = 0; i < samples.size(); i++) {
            JsonNode expected = samples.get(i);
            Sample sample = result.samples().get(i);
            double sum = expected.get("perplexity").doubleValue();
            assertEquals(sum, sample.response().sum(), Tolerances.logLikelihoodSum(sum));
            assertEquals(
                    expected.get("acc").doubleValue(),
                    sample.observations().get(Metric.ACC).value());
            checkTexts(expected, sample);
        }
        JsonNode scores = run.at("/results/lambada_openai");
        MetricValue perplexity = result.metrics().get(Metric.PERPLEXITY);
        checkRelative(scores.get("perplexity,none"), perplexity.value());
        checkRelative(scores.get("perplexity_stderr,none"), perplexity.stderr());
        assertEquals(
                scores.get("acc,none").doubleValue(),
                result.metrics().get(Metric.ACC).value());
        assertEquals(
                scores.get("acc_stderr,none").doubleValue(),
                result.metrics().get(Metric.ACC).stderr());
        assertEquals(run.at("/task_hashes/lambada_openai").textValue(), result.hash());
    }

    private static void checkTexts(JsonNode expected, Sample sample) {
        assertEquals(
                List.of(
                        expected.at("/arguments/gen_args_0/arg_0").textValue(),
                        expected.at("/arguments/gen_args_0/arg_1").textValue()),
                sample.document().request().arguments());
        assertEquals(
                expected.get("target").textValue(), sample.document().targets().get(0));
        assertEquals(expected.get("doc_hash").textValue(), sample.documentHash());
        assertEquals(expected.get("prompt_hash").textValue(), sample.promptHash());
        assertEquals(expected.get("target_hash").textValue(), sample.targetHash());
    }

    /** The harness's own per-document values resampled here: the standard error must agree to the last digits. */
    @Test
    void theBootstrapOfTheHarnesssLogLikelihoodsIsItsOwn() {
        JsonNode run = EvalFixtures.harnessResults("zeroshot");
        List<Observation> observations =
                EvalFixtures.objects(EvalFixtures.harnessSamples("zeroshot", "lambada_openai")).stream()
                        .map(sample -> new Observation(sample.get("perplexity").doubleValue(), 1))
                        .toList();
        double expected =
                run.at("/results/lambada_openai/perplexity_stderr,none").doubleValue();
        double found = Metric.PERPLEXITY
                .aggregation()
                .standardError(observations, run.at("/config/bootstrap_iters").intValue());
        assertEquals(expected, found, Tolerances.METRIC_RELATIVE * expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"wikitext256", "wikitext2048"})
    void rollingScoresAreTheHarnesss(String runName) {
        JsonNode run = EvalFixtures.harnessResults(runName);
        List<JsonNode> samples = EvalFixtures.objects(EvalFixtures.harnessSamples(runName, "wikitext"));
        List<RollingLogLikelihood> responses = scorer(
                        run.at("/config/model_args/max_length").intValue())
                .rolling(
                        samples.stream()
                                .map(sample ->
                                        new Request.Rolling(sample.get("target").textValue()))
                                .toList(),
                        (done, total) -> {});

        Map<Metric, List<Observation>> observations = new EnumMap<>(Metric.class);
        for (int i = 0; i < samples.size(); i++) {
            JsonNode sample = samples.get(i);
            String page = sample.at("/doc/page").textValue();
            for (Metric metric : Metric.of(OutputType.LOGLIKELIHOOD_ROLLING)) {
                JsonNode expected = sample.get(metric.key());
                Observation observation =
                        metric.observe(responses.get(i), new Document(null, null, List.of(page), page));
                double sum = expected.get(0).doubleValue();
                assertEquals(sum, observation.value(), Tolerances.logLikelihoodSum(sum));
                assertEquals(expected.get(1).longValue(), observation.weight());
                observations.computeIfAbsent(metric, key -> new ArrayList<>()).add(observation);
            }
        }
        JsonNode scores = run.at("/results/wikitext");
        observations.forEach((metric, all) -> {
            checkRelative(
                    scores.get(metric.key() + ",none"), metric.aggregation().of(all));
            assertEquals("N/A", scores.get(metric.key() + "_stderr,none").textValue());
            assertNull(metric.aggregation().standardError(all, 1000));
        });
    }

    private static void checkRelative(JsonNode expected, double found) {
        assertEquals(expected.doubleValue(), found, Tolerances.PERPLEXITY_RELATIVE * Math.abs(expected.doubleValue()));
    }
}
