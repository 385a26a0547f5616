package org.statecraft.eval.fidelity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.statecraft.eval.MetricValue;
import org.statecraft.eval.metrics.Aggregation.OfMean;
import org.statecraft.eval.metrics.Observation;
import org.statecraft.eval.python.PythonJson;
import org.statecraft.eval.results.ScoredTask;
import org.statecraft.eval.statistics.PairedDifference;
import org.statecraft.model.files.Hashes;

/**
 * The scores of all windows as those of a task whose documents are the windows. Each metric is the mean over the windows of one number of
 * each, so that two runs over the same windows pair up.
 *
 * @param text file of the windows, as given
 * @param windows in the order of the text
 * @param scores in the same order
 */
public record FidelityTask(
        String text, FidelitySettings settings, List<FidelityWindow> windows, List<FidelityScore> scores)
        implements ScoredTask {
    /** What results call it. */
    public static final String NAME = "fidelity";

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final double VERSION = 1.0;

    /** The numbers of a window, by what results call them. */
    private enum Measure {
        CONTINUATION_BITS_PER_BYTE(false, FidelityScore::bitsPerByte),
        CONTINUATION_BITS_PER_BYTE_CHANGE(false, score -> score.bitsPerByte() - score.baseBitsPerByte()),
        KL_DIVERGENCE(false, FidelityScore::divergence),
        ARGMAX_AGREEMENT(true, FidelityScore::agreement);

        private final boolean higherIsBetter;

        @SuppressWarnings("ImmutableEnumChecker") // a function of a record
        private final ToDoubleFunction<FidelityScore> of;

        Measure(boolean higherIsBetter, ToDoubleFunction<FidelityScore> of) {
            this.higherIsBetter = higherIsBetter;
            this.of = of;
        }

        private String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public FidelityTask {
        windows = List.copyOf(windows);
        scores = List.copyOf(scores);
    }

    /** Bits for each byte, changed model less base, window by window. */
    public PairedDifference change() {
        return PairedDifference.of(
                scores.stream().mapToDouble(FidelityScore::baseBitsPerByte).toArray(),
                scores.stream().mapToDouble(FidelityScore::bitsPerByte).toArray());
    }

    @Override
    public Map<String, MetricValue> metrics() {
        Map<String, MetricValue> values = new LinkedHashMap<>();
        for (Measure measure : Measure.values()) {
            List<Observation> all = scores.stream()
                    .map(score -> new Observation(measure.of.applyAsDouble(score)))
                    .toList();
            Double error = all.size() < 2 ? null : OfMean.MEAN.error(all, 0);
            values.put(measure.key(), new MetricValue(OfMean.MEAN.of(all), error, all.size(), measure.higherIsBetter));
        }
        return values;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ObjectNode config() {
        ObjectNode json = JSON.objectNode().put("task", NAME).put("dataset_path", "text");
        json.putObject("dataset_kwargs")
                .putObject("data_files")
                .putArray("test")
                .add(text);
        json.put("test_split", "test");
        ArrayNode metrics = json.putArray("metric_list");
        for (Measure measure : Measure.values()) {
            metrics.addObject()
                    .put("metric", measure.key())
                    .put("aggregation", OfMean.MEAN.key())
                    .put("higher_is_better", measure.higherIsBetter);
        }
        json.put("output_type", "loglikelihood");
        ObjectNode metadata = json.putObject("metadata");
        metadata.set("version", version());
        ObjectNode own = metadata.putObject("statecraft");
        own.putArray("contexts").add(settings.shortest()).add(settings.longest());
        own.put("continuation", settings.continuation())
                .put("windows", settings.windows())
                .put("seed", settings.seed());
        return json;
    }

    @Override
    public JsonNode version() {
        return JSON.numberNode(VERSION);
    }

    @Override
    public int fewShot() {
        return 0;
    }

    @Override
    public int documents() {
        return windows.size();
    }

    @Override
    public int samples() {
        return windows.size();
    }

    @Override
    public String hash() {
        return Hashes.sha256(IntStream.range(0, windows.size())
                .mapToObj(i -> documentHash(windows.get(i))
                        + Hashes.sha256(windows.get(i).contextText())
                        + Hashes.sha256(windows.get(i).continuationText()))
                .collect(Collectors.joining()));
    }

    /** In the layout of a log-likelihood of the continuation; what the base makes of it stands under {@code statecraft}. */
    @Override
    public ObjectNode sample(int place) {
        FidelityWindow window = windows.get(place);
        FidelityScore score = scores.get(place);
        ObjectNode line = JSON.objectNode().put("doc_id", place);
        line.set("doc", document(window));
        line.put("target", window.continuationText());
        line.putObject("arguments")
                .putObject("gen_args_0")
                .put("arg_0", window.contextText())
                .put("arg_1", window.continuationText());
        ArrayNode answer =
                JSON.arrayNode().add(PythonJson.number(-score.nats())).add(score.greedy() ? "True" : "False");
        line.putArray("resps").addArray().add(answer);
        line.putArray("filtered_resps").add(answer.deepCopy());
        line.put("filter", "none");
        ArrayNode names = line.putArray("metrics");
        Arrays.stream(Measure.values()).forEach(measure -> names.add(measure.key()));
        line.put("doc_hash", documentHash(window))
                .put("prompt_hash", Hashes.sha256(window.contextText()))
                .put("target_hash", Hashes.sha256(window.continuationText()));
        for (Measure measure : Measure.values()) {
            line.put(measure.key(), measure.of.applyAsDouble(score));
        }
        line.putObject("statecraft").put("base_bits_per_byte", score.baseBitsPerByte());
        return line;
    }

    private static ObjectNode document(FidelityWindow window) {
        return JSON.objectNode()
                .put("start", window.start())
                .put("context_tokens", window.context())
                .put("continuation_tokens", window.continuation())
                .put("bytes", window.bytes())
                .put("tokens_sha256", Hashes.sha256(Arrays.toString(window.tokens())));
    }

    private static String documentHash(FidelityWindow window) {
        return Hashes.sha256(PythonJson.indented(document(window)));
    }
}
