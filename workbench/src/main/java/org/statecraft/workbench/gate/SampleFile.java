package org.statecraft.workbench.gate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.model.InputException;
import org.statecraft.model.files.Hashes;
import org.statecraft.model.files.IoFailures;

/** A samples file of a run, for what the gate wants to know beyond the scores of its documents. */
final class SampleFile {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    /** Everything that depends on the model and not on the metric. */
    private static final List<String> ANSWER = List.of("resps", "filtered_resps", "statecraft");

    private final List<JsonNode> samples;

    private SampleFile(List<JsonNode> samples) {
        this.samples = samples;
    }

    static SampleFile read(Path file) {
        List<JsonNode> samples = new ArrayList<>();
        int number = 0;
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                JsonNode sample = MAPPER.readTree(line);
                if (sample.path("filter").asText("none").equals("none")) {
                    samples.add(sample);
                }
            }
        } catch (JsonProcessingException e) {
            throw new InputException(file + ":" + number + ": not a sample (" + e.getOriginalMessage() + ")", e);
        } catch (IOException e) {
            throw IoFailures.reading(file, e);
        }
        samples.sort(Comparator.<JsonNode, String>comparing(
                        sample -> sample.path("doc_hash").asText())
                .thenComparingLong(sample -> sample.path("doc_id").asLong()));
        return new SampleFile(samples);
    }

    /** SHA-256 over all answers; null if a sample has none. */
    String answersHash() {
        StringBuilder all = new StringBuilder();
        for (JsonNode sample : samples) {
            if (!sample.has("resps") && !sample.has("filtered_resps")) {
                return null;
            }
            all.append(sample.path("doc_hash").asText());
            ANSWER.forEach(key -> all.append('\t').append(sample.path(key)));
            all.append('\n');
        }
        return samples.isEmpty() ? null : Hashes.sha256(all.toString());
    }

    /** The mean over all documents of each number that our evaluation adds to a sample; its "tokens" are the generated ones. */
    Map<String, Double> quantities() {
        Map<String, Double> sums = new LinkedHashMap<>();
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (JsonNode sample : samples) {
            for (Iterator<Map.Entry<String, JsonNode>> ours =
                            sample.path("statecraft").fields();
                    ours.hasNext(); ) {
                Map.Entry<String, JsonNode> field = ours.next();
                if (field.getValue().isNumber()) {
                    String name = field.getKey().equals("tokens") ? "generatedTokens" : field.getKey();
                    sums.merge(name, field.getValue().doubleValue(), Double::sum);
                    counts.merge(name, 1, Integer::sum);
                }
            }
        }
        counts.forEach((name, count) -> {
            if (count < samples.size()) {
                sums.remove(name);
            }
        });
        sums.replaceAll((name, sum) -> sum / samples.size());
        return sums;
    }

    /** The score of guessing among the choices, of which there is one request each; null without requests. */
    Double chanceOfChoices() {
        double sum = 0;
        for (JsonNode sample : samples) {
            int choices = sample.path("arguments").size();
            if (choices == 0) {
                return null;
            }
            sum += 1.0 / choices;
        }
        return samples.isEmpty() ? null : sum / samples.size();
    }

    /** Which documents these are and their scores in the metrics, without any text. */
    String trimmed(Collection<String> metrics) {
        StringBuilder lines = new StringBuilder();
        for (JsonNode sample : samples) {
            ObjectNode line = JsonNodeFactory.instance.objectNode();
            line.set("doc_id", sample.path("doc_id"));
            line.set("doc_hash", sample.path("doc_hash"));
            metrics.stream().filter(sample::has).forEach(metric -> line.set(metric, sample.get(metric)));
            lines.append(line).append('\n');
        }
        return lines.toString();
    }
}
