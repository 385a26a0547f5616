package org.statecraft.workbench.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.statecraft.model.InputException;
import org.statecraft.model.files.IoFailures;

/**
 * Reads {@code samples_<task>.jsonl}, packed with gzip or not. It has a line for each document and filter; the lines of one
 * document become one, with the metrics of every filter.
 */
final class SampleFile {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private final Path file;
    private final Map<List<Object>, Document> documents = new LinkedHashMap<>();
    private final Map<List<Object>, Integer> seen = new HashMap<>();

    private SampleFile(Path file) {
        this.file = file;
    }

    /** @throws InputException with file and line if a line is no sample */
    static List<Document> read(Path file) {
        SampleFile samples = new SampleFile(file);
        int number = 0;
        try (InputStream stored = Files.newInputStream(file);
                InputStream bytes = file.toString().endsWith(".gz") ? new GZIPInputStream(stored) : stored;
                // the decoder, other than the charset alone, refuses what is not UTF-8
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder()))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                samples.add(number, JSON.readTree(line));
            }
        } catch (JsonProcessingException e) {
            throw new InputException(file + ":" + number + ": not a sample (" + e.getOriginalMessage() + ")", e);
        } catch (CharacterCodingException e) {
            throw new InputException(file + ":" + (number + 1) + ": not UTF-8 text; the file was changed", e);
        } catch (IOException e) {
            throw IoFailures.reading(file, e);
        }
        return new ArrayList<>(samples.documents.values());
    }

    private void add(int number, JsonNode sample) {
        if (!sample.path("doc_id").isIntegralNumber()) {
            throw new InputException(
                    file + ":" + number
                            + ": not a sample (no \"doc_id\" number); expected a line as lm-evaluation-harness writes it with --log_samples");
        }
        String filter = sample.path("filter").asText("none");
        long id = sample.get("doc_id").longValue();
        String hash = sample.path("doc_hash").textValue();
        String key = id + " " + hash;
        int occurrence = seen.merge(List.of(filter, key), 1, Integer::sum);
        Document document = documents.computeIfAbsent(
                List.of(key, occurrence),
                absent -> new Document(
                        id,
                        hash,
                        sample.path("prompt_hash").textValue(),
                        sample.path("target_hash").textValue(),
                        new LinkedHashMap<>()));
        for (Iterator<Map.Entry<String, JsonNode>> fields = sample.fields(); fields.hasNext(); ) {
            Map.Entry<String, JsonNode> field = fields.next();
            double[] score = score(field.getValue());
            if (score != null) {
                document.scores().put(MetricName.of(field.getKey(), filter), score);
            }
        }
    }

    /** Null for what is no score that differences can be taken of: texts, lists, objects. */
    private static double[] score(JsonNode value) {
        if (value.isNull()) {
            return Document.NOT_COUNTED;
        }
        if (value.isBoolean()) {
            return new double[] {value.booleanValue() ? 1 : 0};
        }
        if (value.isNumber()) {
            return new double[] {value.doubleValue()};
        }
        boolean pair = value.isArray()
                && value.size() == 2
                && value.get(0).isNumber()
                && value.get(1).isNumber();
        return pair ? new double[] {value.get(0).doubleValue(), value.get(1).doubleValue()} : null;
    }
}
