package org.statecraft.eval.tasks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.statecraft.eval.scoring.OutputType;
import org.statecraft.eval.scoring.Request;

/**
 * Classification by the likeliest next token over the whole vocabulary ({@code methods/state-offset-tuning.md}, 3.4). The harness can
 * ask the same as one greedy token.
 *
 * @param records whose answers are labels, each a single token
 */
public record LabelTask(Records records) implements TaskDefinition {

    /** The different texts: a file may have two names for a label. */
    private List<String> choices() {
        return records.answer().texts().values().stream().distinct().toList();
    }

    @Override
    public OutputType outputType() {
        return OutputType.LABEL;
    }

    @Override
    public List<Document> read(Path data) {
        return records.read(data, (prefix, prompt) -> new Request.Label(prefix, prompt, choices()));
    }

    @Override
    public String dataset() {
        return records.format().key();
    }

    @Override
    public String docToText() {
        return records.docToText();
    }

    @Override
    public String docToTarget() {
        return records.docToTarget();
    }

    @Override
    public void describe(ObjectNode config) {
        choices().forEach(config.putArray("doc_to_choice")::add);
        config.putObject("generation_kwargs").put("do_sample", false).put("max_gen_toks", 1);
    }
}
