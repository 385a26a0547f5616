package org.statecraft.eval.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.StreamSupport;
import org.statecraft.eval.scoring.Request;
import org.statecraft.model.records.Answer;
import org.statecraft.model.records.DataRecord;
import org.statecraft.model.records.FieldCheck;
import org.statecraft.model.records.Mistakes;
import org.statecraft.model.records.Prompt;
import org.statecraft.model.records.RecordFormat;
import org.statecraft.model.records.RecordSource;
import org.statecraft.model.records.References;
import org.statecraft.model.records.Template;

/**
 * Documents made of records with named fields. A record that cannot be used is an error: a score over what is left would be one of
 * other documents.
 *
 * @param columns names of the columns of a delimited file without a header line; empty where it has one
 * @param prompt what is asked, its prefix made into tokens by itself
 * @param answer what is right. A template of one field that holds a list means each of its texts
 */
public record Records(RecordFormat format, List<String> columns, Prompt prompt, Answer answer) {
    public Records {
        columns = List.copyOf(columns);
    }

    /** Reads the documents; {@code ask} makes the question of prefix and prompt. */
    List<Document> read(Path data, BiFunction<String, String, Request> ask) {
        Mistakes mistakes = new Mistakes();
        List<DataRecord> records = new RecordSource(data, format, columns, References.TOGETHER).read(mistakes);
        Set<String> fields = new TreeSet<>(prompt.text().fields());
        if (records.stream().noneMatch(record -> listed(record) != null)) {
            fields.addAll(answer.text().fields());
        }
        List<Document> documents = new ArrayList<>();
        for (DataRecord record : FieldCheck.usable(records, fields, mistakes)) {
            List<String> targets = targets(record, mistakes);
            String text = prompt.text().render(record);
            if (!targets.isEmpty()) {
                documents.add(new Document(record.fields(), ask.apply(prompt.prefix(), text), targets, text));
            }
        }
        mistakes.throwIfAny();
        return documents;
    }

    /** Empty, with the reason among the mistakes, where there is no right answer. */
    private List<String> targets(DataRecord record, Mistakes mistakes) {
        JsonNode list = listed(record);
        if (list == null) {
            String text = answer.of(record, mistakes);
            return text == null ? List.of() : List.of(text);
        }
        // an empty text beside others is no further reference: the test file of DART has one
        List<String> targets = StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asText)
                .filter(text -> !text.isBlank())
                .toList();
        if (targets.isEmpty()) {
            mistakes.add(Mistakes.Kind.EMPTY_ANSWER, record, "has nothing in '" + answer.text() + "'");
            return List.of();
        }
        return targets;
    }

    /** The field of the answer where it is a list, or null. */
    private JsonNode listed(DataRecord record) {
        Template template = answer.text();
        if (template.fields().size() != 1) {
            return null;
        }
        String field = template.fields().iterator().next();
        JsonNode value = record.fields().path(field);
        return value.isArray() && template.toString().equals("{" + field + "}") ? value : null;
    }

    String docToText() {
        return prompt.prefix() + jinja(prompt.text());
    }

    String docToTarget() {
        return jinja(answer.text());
    }

    /** A template of the harness: every field stands for itself. */
    private static String jinja(Template template) {
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        template.fields().forEach(field -> fields.put(field, "{{" + field + "}}"));
        return template.render(new DataRecord("", 0, fields));
    }
}
