package org.statecraft.workbench.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.statecraft.model.InputException;
import org.statecraft.model.files.IoFailures;

/**
 * The documents that one evaluate step scored in one task, with the score of each: a {@code samples_<task>*.jsonl} file in the
 * layout of lm-evaluation-harness. They stand in the order of their hashes, so those of two runs pair up by position.
 */
public final class Documents {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** @param scores metric to value: a number, or log-likelihood and weight */
    private record Document(String hash, long id, Map<String, double[]> scores) {}

    private final List<Document> documents;

    private Documents(List<Document> documents) {
        this.documents = documents;
    }

    /** Null if the step left no such file. */
    static Documents find(Path folder, String task) {
        Path file = file(folder, task);
        return file == null ? null : read(file);
    }

    /** The samples file of a task; null if the step left none. */
    public static Path file(Path folder, String task) {
        if (!Files.isDirectory(folder)) {
            return null;
        }
        // the harness adds the time; the digit keeps "lambada" from finding "samples_lambada_openai.jsonl"
        Pattern name = Pattern.compile("samples_" + Pattern.quote(task) + "(_\\d.*)?\\.jsonl");
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            path -> name.matcher(path.getFileName().toString()).matches())
                    .max(Comparator.naturalOrder())
                    .orElse(null);
        } catch (IOException e) {
            throw IoFailures.reading(folder, e);
        }
    }

    /**
     * Reads a samples file.
     *
     * @throws InputException if it cannot be read or a line is no sample
     */
    public static Documents read(Path file) {
        List<Document> documents = new ArrayList<>();
        int number = 0;
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                JsonNode sample = MAPPER.readTree(line);
                if (!sample.path("doc_hash").isTextual()) {
                    throw new InputException(file + ":" + number + ": not a sample (no \"doc_hash\")");
                }
                if (sample.path("filter").asText("none").equals("none")) {
                    documents.add(new Document(
                            sample.get("doc_hash").textValue(),
                            sample.path("doc_id").asLong(),
                            scores(sample)));
                }
            }
        } catch (JsonProcessingException e) {
            throw new InputException(file + ":" + number + ": not a sample (" + e.getOriginalMessage() + ")", e);
        } catch (IOException e) {
            throw IoFailures.reading(file, e);
        }
        documents.sort(Comparator.comparing(Document::hash).thenComparingLong(Document::id));
        return new Documents(documents);
    }

    private static Map<String, double[]> scores(JsonNode sample) {
        Map<String, double[]> scores = new LinkedHashMap<>();
        for (Iterator<Map.Entry<String, JsonNode>> fields = sample.fields(); fields.hasNext(); ) {
            Map.Entry<String, JsonNode> field = fields.next();
            JsonNode value = field.getValue();
            if (value.isNumber() || value.isBoolean()) {
                scores.put(
                        field.getKey(),
                        new double[] {value.isBoolean() ? (value.booleanValue() ? 1 : 0) : value.doubleValue()});
            } else if (value.isArray()
                    && value.size() == 2
                    && value.get(0).isNumber()
                    && value.get(1).isNumber()) {
                scores.put(
                        field.getKey(),
                        new double[] {value.get(0).doubleValue(), value.get(1).doubleValue()});
            }
        }
        return scores;
    }

    int size() {
        return documents.size();
    }

    /** Whether both hold the same documents, each as often. */
    boolean sameAs(Documents other) {
        return hashes().equals(other.hashes());
    }

    /** How many of these are not among the others. */
    int missingFrom(Documents other) {
        Set<String> missing = new HashSet<>(hashes());
        missing.removeAll(Set.copyOf(other.hashes()));
        return missing.size();
    }

    /** The hash of each document, in their order. */
    public List<String> hashes() {
        return documents.stream().map(Document::hash).collect(Collectors.toList());
    }

    /** The value of the metric for each document; null unless every document has one of the given number of parts. */
    double[][] values(String metric, int parts) {
        double[][] values = new double[documents.size()][];
        for (int i = 0; i < values.length; i++) {
            double[] value = documents.get(i).scores().get(metric);
            if (value == null || value.length != parts) {
                return null;
            }
            values[i] = value;
        }
        return values;
    }
}
