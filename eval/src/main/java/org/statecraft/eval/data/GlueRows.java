package org.statecraft.eval.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Rows of GLUE: one or two sentences, a label as a number, and {@code idx}, the number of the row. */
final class GlueRows {
    private static final int BINARY = 2;
    private static final List<String> ENTAILMENT = List.of("entailment", "not_entailment");

    private GlueRows() {}

    /** CoLA and SST-2. */
    static ObjectNode sentence(Fields record, int index) {
        return labelled(Fields.row().put("sentence", record.text("sentence")), record.label("label", BINARY), index);
    }

    static ObjectNode mrpc(Fields record, int index) {
        return pair(record, "#1 String", "#2 String", record.label("Quality", BINARY), index);
    }

    /** Quotes are read as they stand, as in the golden rows; a copy whose quotes are those of CSV is read by the loader csv. */
    static ObjectNode rte(Fields record, int index) {
        return pair(record, "sentence1", "sentence2", record.label("label", ENTAILMENT), index);
    }

    static ObjectNode qnli(Fields record, int index) {
        ObjectNode row = Fields.row().put("question", record.text("question")).put("sentence", record.text("sentence"));
        return labelled(row, record.label("label", ENTAILMENT), index);
    }

    private static ObjectNode pair(Fields record, String first, String second, int label, int index) {
        ObjectNode row = Fields.row().put("sentence1", record.text(first)).put("sentence2", record.text(second));
        return labelled(row, label, index);
    }

    private static ObjectNode labelled(ObjectNode row, int label, int index) {
        return row.put("label", label).put("idx", index);
    }
}
