package org.statecraft.workbench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.statecraft.model.files.JsonFiles;

/** What a result file in the layout of lm-evaluation-harness says about what a task was. */
public record EvaluationFile(JsonNode tree) {
    /** An empty one if there is no such file. */
    public static EvaluationFile read(Path file) {
        if (!Files.exists(file)) {
            return new EvaluationFile(MissingNode.getInstance());
        }
        return new EvaluationFile(JsonFiles.read(file));
    }

    /** Null if the file does not tell. */
    public String version(String task) {
        return text("versions", task);
    }

    /** Hash over all documents, prompts and targets; null if the file does not tell. */
    public String hash(String task) {
        return text("task_hashes", task);
    }

    private String text(String key, String task) {
        JsonNode value = tree.path(key).path(task);
        return value.isMissingNode() || value.isNull() ? null : value.asText();
    }
}
