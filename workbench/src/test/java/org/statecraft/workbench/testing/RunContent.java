package org.statecraft.workbench.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.statecraft.model.files.Hashes;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.workbench.run.Event;
import org.statecraft.workbench.run.EventLog;
import org.statecraft.workbench.run.RunDirectory;

/** What a run comes to, without its times and ids, and whether its files are whole. */
public final class RunContent {
    /** What may differ between two runs of one recipe: times, memory, ids, and the checkout that the program came from. */
    private static final List<String> CHANCE =
            List.of("date", "total_evaluation_time_seconds", "git_hash", "run", "seconds", "peakMemoryBytes");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, String> files = new TreeMap<>();

    private RunContent() {}

    /** Hashes of adapters, checkpoints and document scores; results and summary as text; the texts that were generated. */
    public static RunContent of(RunDirectory run) throws IOException {
        RunContent content = new RunContent();
        for (Path file : filesIn(run.path())) {
            String name = run.path().relativize(file).toString();
            if (name.matches("results/.*[.]json|summary[.]json")) {
                JsonNode tree = JSON.readTree(file.toFile());
                removeChance(tree);
                content.files.put(name, tree.toPrettyString());
            } else if (name.matches("(artifacts|checkpoints|results)/.*|resolved[.]yaml")) {
                content.files.put(name, Hashes.sha256(file));
            }
        }
        for (Event event : EventLog.read(run.events())) {
            if (event instanceof Event.Generated text) {
                content.files.put("text " + text.label() + ": " + text.prompt(), text.text());
            }
        }
        return content;
    }

    private static void removeChance(JsonNode tree) {
        if (tree instanceof ObjectNode object) {
            object.remove(CHANCE);
        }
        tree.forEach(RunContent::removeChance);
    }

    /** The SHA-256 of the adapter that the step with this index left. */
    public String adapter(int step) {
        return files.get("artifacts/%02d-adapter/adapter_model.safetensors".formatted(step));
    }

    /** A line for each file that differs; to be compared with an empty list. */
    public List<String> differences(RunContent other) {
        TreeSet<String> names = new TreeSet<>(files.keySet());
        names.addAll(other.files.keySet());
        return names.stream()
                .filter(name -> !Objects.equals(files.get(name), other.files.get(name)))
                .map(name -> name + ": " + files.get(name) + "\n   or " + other.files.get(name))
                .toList();
    }

    /** The files and folders of a run that stand under their final name without being whole. */
    public static List<String> halfWritten(Path run) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : filesIn(run)) {
            boolean hidden = Stream.iterate(file, path -> !path.equals(run), Path::getParent)
                    .anyMatch(path -> path.getFileName().toString().startsWith("."));
            if (!hidden && file.toString().endsWith(".json")) {
                try {
                    JSON.readTree(file.toFile());
                } catch (IOException e) {
                    found.add(file + ": " + e.getMessage());
                }
            }
        }
        List<Path> published = new ArrayList<>(visibleFolders(run.resolve("artifacts")));
        for (Path training : visibleFolders(run.resolve("checkpoints"))) {
            published.addAll(visibleFolders(training));
        }
        published.stream()
                .filter(folder -> !PublishedFolder.isValid(folder))
                .forEach(folder -> found.add(folder + ": not valid"));
        return found;
    }

    /** Everything below a folder that has a temporary name. */
    public static List<Path> temporaries(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> path.getFileName().toString().endsWith(".tmp"))
                    .toList();
        }
    }

    private static List<Path> visibleFolders(Path parent) throws IOException {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(parent)) {
            return children.filter(Files::isDirectory)
                    .filter(path -> !path.getFileName().toString().startsWith("."))
                    .toList();
        }
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
