package org.statecraft.eval.tasks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.statecraft.eval.scoring.OutputType;

/** How a data file is read and what is asked of each of its documents. */
public sealed interface TaskDefinition permits TaskFormat, LabelTask, GenerationTask {

    /** The kind of question. */
    OutputType outputType();

    /** Reads all documents; an error names file and line. */
    List<Document> read(Path data);

    /** The harness's name for the way the file is loaded. */
    String dataset();

    /** The prompt as a template of the harness. */
    String docToText();

    /** The target as a template of the harness. */
    String docToTarget();

    /** Adds what else defines the task, in keys of the harness where it has them. */
    default void describe(ObjectNode config) {}
}
