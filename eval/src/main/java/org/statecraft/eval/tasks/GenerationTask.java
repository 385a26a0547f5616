package org.statecraft.eval.tasks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.statecraft.eval.scoring.OutputType;
import org.statecraft.eval.scoring.Request;
import org.statecraft.model.generate.BeamOptions;

/** Texts written after a prompt, with one or several references each. */
public record GenerationTask(Records records, BeamOptions search) implements TaskDefinition {
    @Override
    public OutputType outputType() {
        return OutputType.GENERATE_UNTIL;
    }

    @Override
    public List<Document> read(Path data) {
        return records.read(data, (prefix, prompt) -> new Request.Generate(prefix, prompt, search));
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
        ObjectNode how = config.putObject("generation_kwargs")
                .put("do_sample", false)
                .put("num_beams", search.beams())
                .put("length_penalty", search.lengthPenalty())
                .put("max_gen_toks", search.maxTokens());
        search.stop().forEach(how.putArray("until")::add);
    }
}
