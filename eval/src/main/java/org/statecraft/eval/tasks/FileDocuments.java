package org.statecraft.eval.tasks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.statecraft.model.InputException;

/**
 * The documents of a task file, made of the rows of its data.
 *
 * @param rows of a split, by its name
 */
record FileDocuments(TaskConfig config, Function<String, List<ObjectNode>> rows) implements Task.Source {

    @Override
    public Task.Documents first(Function<Integer, Integer> limit) {
        List<Row> all = split(config.splits().scored());
        List<Row> used = all.subList(0, Math.min(all.size(), limit.apply(all.size())));
        FewShotSampler examples = config.fewShot().count() == 0
                ? FewShotSampler.none()
                : FewShotSampler.of(config, split(config.splits().examples()));
        DocumentBuilder builder = new DocumentBuilder(config);
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < used.size(); i++) {
            try {
                documents.add(builder.document(used.get(i), builder.examples(examples.draw(used.get(i)))));
            } catch (InputException e) {
                throw new InputException(Task.place(config, i) + ": " + e.getMessage(), e);
            }
        }
        return new Task.Documents(documents, all.size());
    }

    private List<Row> split(String name) {
        List<ObjectNode> read = rows.apply(name);
        if (read.isEmpty()) {
            throw new InputException("task " + config.name() + ": the split " + name + " holds no documents");
        }
        List<Row> split = new ArrayList<>();
        for (int i = 0; i < read.size(); i++) {
            try {
                split.add(Row.of(
                        config.processDocs() == null
                                ? read.get(i)
                                : config.processDocs().process(read.get(i))));
            } catch (InputException e) {
                throw new InputException(
                        "task " + config.name() + ", document " + i + " of the split " + name + ": " + e.getMessage(),
                        e);
            }
        }
        return split;
    }
}
