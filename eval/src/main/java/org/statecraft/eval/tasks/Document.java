package org.statecraft.eval.tasks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.statecraft.eval.scoring.Request;

/**
 * One item of a task, ready to be put to a model.
 *
 * @param fields the document as its file has it
 * @param request what is asked
 * @param target the text that the model should find likely
 * @param source the document's own text, whose words and bytes weigh rolling metrics
 */
public record Document(ObjectNode fields, Request request, String target, String source) {}
