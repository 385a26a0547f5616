package org.statecraft.model.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import org.statecraft.model.records.Mistakes.Kind;

/**
 * Reads the files of DART 1.1.1. JSON: objects with {@code tripleset}, a list of subject, predicate and object, and
 * {@code annotations}, a list of {@code source} and {@code text}. XML: see {@link DartXml}.
 */
final class DartFiles {
    private DartFiles() {}

    /** A text that says what the triples say. */
    record Reference(String source, String text) {}

    /** One entry of either kind of file. */
    record Entry(String file, int line, List<List<String>> triples, List<Reference> references) {

        void accept(References wanted, Consumer<DataRecord> records, Mistakes mistakes) {
            if (triples.isEmpty() || triples.stream().anyMatch(triple -> triple.size() != 3)) {
                mistakes.add(Kind.MALFORMED, file, line, "has triples that are not subject, predicate and object");
            } else if (references.isEmpty()) {
                mistakes.add(Kind.MISSING_FIELD, file, line, "has no reference text");
            } else if (wanted == References.APART) {
                references.forEach(reference -> records.accept(
                        record(fields().put("text", reference.text()).put("source", reference.source()))));
            } else {
                ObjectNode fields = fields();
                ArrayNode texts = fields.putArray("references");
                references.forEach(reference -> texts.add(reference.text()));
                records.accept(record(fields));
            }
        }

        private DataRecord record(ObjectNode fields) {
            return new DataRecord(file, line, fields);
        }

        private ObjectNode fields() {
            String text = String.join(
                    " | ",
                    triples.stream().map(triple -> String.join(" : ", triple)).toList());
            return JsonNodeFactory.instance.objectNode().put("triples", text);
        }
    }

    static void read(RecordSource source, Consumer<DataRecord> records, Mistakes mistakes) {
        Path file = source.file();
        Consumer<Entry> entries = entry -> entry.accept(source.references(), records, mistakes);
        if (file.toString().matches(".*\\.xml(\\.gz)?")) {
            DartXml.read(file, entries);
        } else {
            JsonRecords.array(file, record -> entries.accept(entry(record)), mistakes);
        }
    }

    private static Entry entry(DataRecord record) {
        List<List<String>> triples = new ArrayList<>();
        record.fields().path("tripleset").forEach(triple -> triples.add(texts(triple)));
        List<Reference> references = new ArrayList<>();
        record.fields().path("annotations").forEach(annotation -> {
            if (annotation.path("text").isTextual()) {
                references.add(new Reference(
                        annotation.path("source").asText(),
                        annotation.path("text").textValue()));
            }
        });
        return new Entry(record.file(), record.line(), triples, references);
    }

    private static List<String> texts(JsonNode triple) {
        return StreamSupport.stream(triple.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}
