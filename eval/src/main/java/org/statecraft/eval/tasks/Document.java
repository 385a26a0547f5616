package org.statecraft.eval.tasks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.statecraft.eval.scoring.Request;

/**
 * One item of a task, ready to be put to a model.
 *
 * @param fields the document as its file has it
 * @param requests what is asked; those of a multiple-choice document stand in the order of the choices
 * @param choices the texts of the choices without the delimiter before them; empty where there are none
 * @param gold places of the right choices; empty where there are none
 * @param targets the texts that the model should find likely or write: each is right
 * @param target the answer as result files write it and hash it
 * @param source the text whose words and bytes weigh rolling metrics
 */
public record Document(
        ObjectNode fields,
        List<Request> requests,
        List<String> choices,
        List<Integer> gold,
        List<String> targets,
        String target,
        String source) {
    public Document {
        requests = List.copyOf(requests);
        choices = List.copyOf(choices);
        gold = List.copyOf(gold);
        targets = List.copyOf(targets);
    }

    /** The first text that is asked with. */
    public String prompt() {
        return requests.get(0).arguments().get(0);
    }
}
