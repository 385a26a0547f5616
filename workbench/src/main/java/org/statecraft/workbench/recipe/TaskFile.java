package org.statecraft.workbench.recipe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.statecraft.eval.data.Dataset;
import org.statecraft.eval.data.HubLayout;
import org.statecraft.eval.metrics.Metrics;
import org.statecraft.eval.tasks.FunctionName;
import org.statecraft.eval.tasks.TaskConfig;
import org.statecraft.eval.tasks.TaskReader;

/**
 * Reads a task file: YAML with the keys of lm-evaluation-harness ({@code docs/tasks.md}). A file may {@code include} another one; its
 * own keys win. Nothing but YAML and the presence of files is read.
 */
final class TaskFile {
    private static final String INCLUDE = "include";
    private static final String FUNCTION = "!function";

    private final Path file;
    private final Places places;
    private final Findings findings;

    private TaskFile(Path file, Places places, Findings findings) {
        this.file = file;
        this.places = places;
        this.findings = findings;
    }

    /**
     * Reads a task.
     *
     * @param places where the recipe looks for files
     * @return null if anything is wrong, with the reasons among the findings
     */
    static LocatedTask read(String name, Path file, Places places, Findings findings) {
        Findings own = new Findings();
        LocatedTask task = new TaskFile(file, places.from(file.getParent()), own).read(name);
        boolean sound = own.isEmpty();
        findings.takeOver(own);
        return sound ? task : null;
    }

    private LocatedTask read(String name) {
        Map<String, Object> keys = new LinkedHashMap<>();
        merge(file, new HashSet<>(), keys);
        if (!findings.isEmpty()) {
            return null;
        }
        TaskConfig config = TaskReader.read(keys, findings::reportAt);
        if (config.name() != null && !config.name().equals(name)) {
            findings.reportAt("task", "found '" + config.name() + "'", "the name of its file, " + name, null);
        }
        if (!findings.isEmpty()) {
            return null;
        }
        return config.dataFiles().isEmpty() ? ofHub(config) : ofFiles(config);
    }

    /** Adds the keys of a file over those of the files that it includes. */
    private void merge(Path from, Set<Path> above, Map<String, Object> keys) {
        MappingNode root = Yaml.file(from, findings);
        if (root == null) {
            return;
        }
        if (!above.add(from.toAbsolutePath().normalize())) {
            findings.report(root, INCLUDE, "the file includes itself", "another file", null);
            return;
        }
        for (NodeTuple entry : root.getValue()) {
            if (Yaml.key(entry.getKeyNode()).equals(INCLUDE)) {
                Path included = from.resolveSibling(Yaml.key(entry.getValueNode()));
                merge(included, above, keys);
            }
        }
        findings.place("", root);
        for (NodeTuple entry : root.getValue()) {
            String key = Yaml.key(entry.getKeyNode());
            if (!key.equals(INCLUDE)) {
                // another dataset replaces all of the one that was included, not only some of its options
                keys.put(key, value(entry.getValueNode(), key));
            }
        }
    }

    private Object value(Node node, String path) {
        findings.place(path, node);
        if (node instanceof MappingNode mapping) {
            Map<String, Object> map = new LinkedHashMap<>();
            for (NodeTuple entry : mapping.getValue()) {
                String key = Yaml.key(entry.getKeyNode());
                map.put(key, value(entry.getValueNode(), Findings.child(path, key)));
            }
            return map;
        } else if (node instanceof SequenceNode sequence) {
            List<Object> list = new ArrayList<>();
            for (Node element : sequence.getValue()) {
                list.add(value(element, path + "[" + list.size() + "]"));
            }
            return list;
        }
        return scalar((ScalarNode) node);
    }

    private static Object scalar(ScalarNode node) {
        String text = node.getValue();
        Tag tag = node.getTag();
        if (tag.getValue().equals(FUNCTION)) {
            return new FunctionName(text.trim());
        } else if (tag.equals(Tag.NULL)) {
            return null;
        } else if (tag.equals(Tag.BOOL)) {
            return Boolean.valueOf(text);
        } else if (tag.equals(Tag.INT) && text.matches("[+-]?\\d{1,9}")) {
            return Integer.valueOf(text);
        } else if (tag.equals(Tag.FLOAT) && text.matches("[+-]?[\\d.]+([eE][+-]?\\d+)?")) {
            return Double.valueOf(text);
        }
        return text;
    }

    private LocatedTask ofFiles(TaskConfig config) {
        if (!Dataset.loaders().contains(config.datasetPath())) {
            findings.reportAt(
                    "dataset_path",
                    "no loader '" + config.datasetPath() + "' for data files",
                    "one of " + String.join(", ", Dataset.loaders()),
                    Names.nearest(config.datasetPath(), Dataset.loaders()));
            return null;
        }
        Map<String, Map<String, Path>> data = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        for (String split : config.neededSplits()) {
            Map<String, Path> files = new LinkedHashMap<>();
            for (String given : config.dataFiles().get(split)) {
                Places.Search search = places.data(given);
                if (search.found() == null) {
                    missing.add("the file " + given + " (looked at " + search.lookedAtText() + ")");
                } else {
                    files.put(given, search.found());
                }
            }
            data.put(split, files);
        }
        return new LocatedTask(config, file, config.datasetPath(), data, resources(config, missing), missing);
    }

    /** A place without the root that it is in. */
    private static String below(Path root, String place) {
        String start = root + "/";
        return place.startsWith(start) ? place.substring(start.length()) : place;
    }

    /** What options of metrics name; what is not there is added to what is missing. */
    private Map<String, Path> resources(TaskConfig config, List<String> missing) {
        Map<String, Path> resources = new LinkedHashMap<>();
        for (TaskConfig.MetricEntry metric : config.metrics()) {
            for (String option : Metrics.fileOptions(metric.name())) {
                String given = String.valueOf(metric.options().get(option));
                Places.Search search = places.any(given);
                if (search.found() != null) {
                    resources.put(given, search.found());
                } else if (!resources.containsKey(given)) {
                    missing.add(
                            given + " for the metric " + metric.name() + " (looked at " + search.lookedAtText() + ")");
                }
            }
        }
        return resources;
    }

    /** A dataset of the hub that was downloaded below one of the places for data. */
    private LocatedTask ofHub(TaskConfig config) {
        List<Path> roots = new ArrayList<>(places.folders());
        roots.addAll(places.dataRoots());
        Map<String, Map<String, Path>> data = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        String loader = null;
        for (String split : config.neededSplits()) {
            Set<String> looked = new LinkedHashSet<>();
            for (Path root : roots) {
                HubLayout.Found found = HubLayout.find(root, config.datasetPath(), config.datasetName(), split);
                found.looked().forEach(place -> looked.add(below(root, place)));
                if (!found.files().isEmpty()) {
                    loader = found.loader();
                    Map<String, Path> files = new LinkedHashMap<>();
                    found.files().forEach(path -> files.put(config.datasetPath() + "/" + path.getFileName(), path));
                    data.put(split, files);
                    break;
                }
            }
            if (!data.containsKey(split)) {
                missing.add("the split " + split + " of " + config.datasetPath() + " (looked for "
                        + String.join(" or ", looked) + " below "
                        + String.join(", ", roots.stream().map(Path::toString).toList()) + ")");
            }
        }
        return new LocatedTask(config, file, loader, data, resources(config, missing), missing);
    }
}
