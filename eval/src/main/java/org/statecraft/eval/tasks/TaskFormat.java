package org.statecraft.eval.tasks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.statecraft.eval.scoring.OutputType;
import org.statecraft.eval.scoring.Request;
import org.statecraft.model.InputException;

/** How a data file is read and what is asked of each of its documents. */
public enum TaskFormat implements TaskDefinition {
    /** A plain text file, one document; the likelihood of all of it is asked. */
    TEXT(OutputType.LOGLIKELIHOOD_ROLLING, "text", "", "{{text}}") {
        @Override
        public List<Document> read(Path data) {
            String text = DataFiles.text(data);
            if (text.isEmpty()) {
                throw new InputException(data + " is empty; a text to score was expected");
            }
            ObjectNode fields = JsonNodeFactory.instance.objectNode().put("text", text);
            return List.of(Document.of(fields, new Request.Rolling(text), text, text));
        }
    },
    /** JSON Lines with a field {@code text}; the last piece between single spaces is to be found from the rest. */
    LAMBADA(OutputType.LOGLIKELIHOOD, "json", "{{text.split(' ')[:-1]|join(' ')}}", "{{' '+text.split(' ')[-1]}}") {
        @Override
        public List<Document> read(Path data) {
            return DataFiles.jsonLines(data, "text").stream()
                    .map(TaskFormat::lastWord)
                    .toList();
        }
    };

    private final OutputType outputType;
    private final String dataset;
    private final String docToText;
    private final String docToTarget;

    TaskFormat(OutputType outputType, String dataset, String docToText, String docToTarget) {
        this.outputType = outputType;
        this.dataset = dataset;
        this.docToText = docToText;
        this.docToTarget = docToTarget;
    }

    private static Document lastWord(ObjectNode fields) {
        String text = fields.get("text").textValue();
        int space = text.lastIndexOf(' ');
        String context = text.substring(0, Math.max(0, space));
        String target = " " + text.substring(space + 1);
        return Document.of(fields, new Request.Continuation(context, target), target, text);
    }

    /** The format of that name as task files write it. */
    public static TaskFormat parse(String name) {
        return Arrays.stream(values())
                .filter(format -> format.key().equals(name))
                .findFirst()
                .orElseThrow(() -> new InputException("task format '" + name + "' is not known; expected "
                        + Arrays.stream(values()).map(TaskFormat::key).collect(Collectors.joining(" or "))));
    }

    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public OutputType outputType() {
        return outputType;
    }

    @Override
    public String dataset() {
        return dataset;
    }

    @Override
    public String docToText() {
        return docToText;
    }

    @Override
    public String docToTarget() {
        return docToTarget;
    }
}
