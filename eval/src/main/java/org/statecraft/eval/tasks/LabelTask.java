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
 * @param labels as the data file has them
 * @param texts the single token that stands for each
 */
public record LabelTask(Records records, List<String> labels, List<String> texts) implements TaskDefinition {
    public LabelTask {
        labels = List.copyOf(labels);
        texts = List.copyOf(texts);
    }

    /** The different texts: a file may have two names for a label. */
    private List<String> choices() {
        return texts.stream().distinct().toList();
    }

    @Override
    public OutputType outputType() {
        return OutputType.LABEL;
    }

    @Override
    public List<Document> read(Path data) {
        return records.read(
                data, (prefix, prompt) -> new Request.Label(prefix, prompt, choices()), new LabelNames(labels, texts));
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
