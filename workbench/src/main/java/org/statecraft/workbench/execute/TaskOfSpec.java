package org.statecraft.workbench.execute;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.statecraft.eval.tasks.GenerationTask;
import org.statecraft.eval.tasks.LabelTask;
import org.statecraft.eval.tasks.Records;
import org.statecraft.eval.tasks.Task;
import org.statecraft.eval.tasks.TaskDefinition;
import org.statecraft.eval.tasks.TaskFormat;
import org.statecraft.model.generate.BeamOptions;
import org.statecraft.model.records.Answer;
import org.statecraft.model.records.Prompt;
import org.statecraft.model.records.RecordFormat;
import org.statecraft.model.records.RecordSource;
import org.statecraft.model.records.Template;
import org.statecraft.workbench.recipe.LocatedTask;
import org.statecraft.workbench.recipe.TaskSpec;
import org.statecraft.workbench.recipe.TaskSpec.GenerationSpec;

/** Makes of a task file the task that it describes. */
final class TaskOfSpec {
    private TaskOfSpec() {}

    static Task task(LocatedTask located) {
        TaskSpec spec = located.spec();
        String version = Double.toString(spec.version());
        return Task.of(spec.task(), version, located.data(), definition(spec)).withMetrics(spec.metrics());
    }

    /** Every file that the task reads, by the path as given. */
    static Map<String, Path> files(LocatedTask located) {
        Map<String, Path> files = new LinkedHashMap<>();
        String given = located.spec().data();
        files.put(given, located.data());
        RecordFormat format = located.spec().docFormat().records();
        if (format != null) {
            for (Path file : RecordSource.of(located.data(), format).files()) {
                if (!file.equals(located.data())) {
                    String beside = given.substring(0, given.lastIndexOf('/') + 1);
                    files.put(beside + file.getFileName(), file);
                }
            }
        }
        return files;
    }

    private static TaskDefinition definition(TaskSpec spec) {
        RecordFormat format = spec.docFormat().records();
        if (format == null) {
            return TaskFormat.parse(spec.docFormat().name().toLowerCase(Locale.ROOT));
        }
        Prompt prompt = new Prompt(spec.prefix(), Template.parse(spec.prompt()));
        Records records =
                new Records(format, spec.columns(), prompt, new Answer(Template.parse(spec.answer()), spec.answers()));
        if (spec.outputType() == TaskSpec.OutputType.LABEL) {
            return new LabelTask(records);
        }
        GenerationSpec how = spec.generation();
        return new GenerationTask(
                records, new BeamOptions(how.beams(), how.lengthPenalty(), how.maxTokens(), how.stop()));
    }
}
