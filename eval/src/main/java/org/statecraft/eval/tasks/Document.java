package org.statecraft.eval.tasks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.statecraft.eval.scoring.Request;

/**
 * One item of a task, ready to be put to a model.
 *
 * @param fields the document as its file has it
 * @param request what is asked
 * @param targets the texts that the model should find likely, give or write: each is right
 * @param source the document's own text, whose words and bytes weigh rolling metrics
 */
public record Document(ObjectNode fields, Request request, List<String> targets, String source) {
    public Document {
        targets = List.copyOf(targets);
    }

    static Document of(ObjectNode fields, Request request, String target, String source) {
        return new Document(fields, request, List.of(target), source);
    }
}
