package org.statecraft.workbench.recipe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * Merges a recipe into the one that its key {@code extends} names.
 *
 * <p>Mappings are merged key by key, everything else is replaced. Merged nodes keep their marks, so a message names the
 * file in which a value really stands.
 */
final class Inheritance {
    static final String KEY = "extends";

    private final Findings findings;
    private final List<Path> chain = new ArrayList<>();

    Inheritance(Findings findings) {
        this.findings = findings;
    }

    /** The merged recipe without its key {@code extends}, or null with the reason among the findings. */
    MappingNode read(Path file) {
        chain.add(file);
        MappingNode recipe = Yaml.file(file, findings);
        if (recipe == null) {
            return null;
        }
        List<NodeTuple> entries = new ArrayList<>();
        MappingNode base = null;
        for (NodeTuple entry : recipe.getValue()) {
            if (Yaml.key(entry.getKeyNode()).equals(KEY)) {
                base = base(file, entry.getValueNode());
            } else {
                entries.add(entry);
            }
        }
        MappingNode own = Yaml.with(recipe, entries);
        return base == null ? own : merge(base, own);
    }

    /** The folders of all files that were read, that of the recipe first. */
    List<Path> folders() {
        return chain.stream().map(Inheritance::folder).distinct().toList();
    }

    private MappingNode base(Path file, Node given) {
        if (!(given instanceof ScalarNode scalar) || !Places.isPath(scalar.getValue())) {
            findings.report(given, KEY, "found " + Yaml.describe(given), "the path of a recipe", null);
            return null;
        }
        Path base = folder(file).resolve(scalar.getValue()).normalize();
        if (chain.stream().anyMatch(read -> same(read, base))) {
            findings.report(given, KEY, "a cycle: " + base + " extends this recipe", "a recipe that does not", null);
            return null;
        }
        if (!base.toFile().isFile()) {
            findings.report(given, KEY, "no such file: " + base, "a recipe", Places.nearestBeside(base));
            return null;
        }
        return read(base);
    }

    private static Path folder(Path file) {
        Path parent = file.getParent();
        return parent == null ? Path.of("") : parent;
    }

    private static boolean same(Path one, Path other) {
        return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
    }

    private static MappingNode merge(MappingNode base, MappingNode own) {
        Map<String, NodeTuple> merged = new LinkedHashMap<>();
        base.getValue().forEach(entry -> merged.put(Yaml.key(entry.getKeyNode()), entry));
        for (NodeTuple entry : own.getValue()) {
            merged.merge(Yaml.key(entry.getKeyNode()), entry, Inheritance::mergeEntries);
        }
        return Yaml.with(own, List.copyOf(merged.values()));
    }

    private static NodeTuple mergeEntries(NodeTuple inherited, NodeTuple own) {
        if (inherited.getValueNode() instanceof MappingNode below && own.getValueNode() instanceof MappingNode above) {
            return new NodeTuple(own.getKeyNode(), merge(below, above));
        }
        return own;
    }
}
