package org.statecraft.eval.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.statecraft.model.records.Mistakes.Kind;

/** Rows of tasks whose answers are written. */
final class WrittenRows {
    private WrittenRows() {}

    /** {@code triples} as one text and {@code references}. A blank text beside others is none: the test file has one. */
    static ObjectNode dart(Fields record, int index) {
        ObjectNode row = Fields.row().put("triples", record.text("triples"));
        ArrayNode references = row.putArray("references");
        for (JsonNode text : record.record().fields().path("references")) {
            if (!text.asText().isBlank()) {
                references.add(text);
            }
        }
        if (references.isEmpty()) {
            throw new UnusableRecordException(Kind.EMPTY_ANSWER, "has only blank reference texts");
        }
        return row;
    }

    static ObjectNode samsum(Fields record, int index) {
        return Fields.row().put("dialogue", record.text("dialogue")).put("summary", record.text("summary"));
    }
}
