package org.statecraft.workbench.recipe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.eval.data.Dataset;
import org.statecraft.eval.tasks.Task;
import org.statecraft.eval.tasks.TaskConfig;

/**
 * A task and where it was found.
 *
 * @param config what its file says
 * @param file the task file
 * @param loader that reads its data files
 * @param data the data files of each split that is needed, by their paths as given
 * @param resources files and folders that options of metrics name, by their paths as given
 * @param missing what is not there, in words; empty where the task can be run
 */
public record LocatedTask(
        TaskConfig config,
        Path file,
        String loader,
        Map<String, Map<String, Path>> data,
        Map<String, Path> resources,
        List<String> missing) {
    public LocatedTask {
        missing = List.copyOf(missing);
    }

    /** Whether all data is there. */
    public boolean runnable() {
        return missing.isEmpty();
    }

    /** The task, ready to be evaluated. */
    public Task task(TaskConfig config) {
        return new Task(config, this::rows, resources::get);
    }

    private List<ObjectNode> rows(String split) {
        return Dataset.rows(
                loader, config.datasetOptions(), List.copyOf(data.get(split).values()));
    }

    /** Every file that the task reads, by the path as given; a file beside a named one by its own name. */
    public Map<String, Path> files() {
        Map<String, Path> files = new LinkedHashMap<>();
        data.values().forEach(files::putAll);
        resources.forEach((given, found) -> {
            if (Files.isRegularFile(found)) {
                files.putIfAbsent(given, found);
            }
        });
        List<Path> named =
                data.values().stream().flatMap(split -> split.values().stream()).toList();
        for (Path read : named.isEmpty() ? List.<Path>of() : Dataset.files(loader, named)) {
            if (!files.containsValue(read)) {
                files.put(config.name() + "/" + read.getFileName(), read);
            }
        }
        return files;
    }
}
