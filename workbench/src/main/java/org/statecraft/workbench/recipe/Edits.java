package org.statecraft.workbench.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Replaces values in a recipe's tree: what presets, variants and {@code --set} do.
 *
 * <p>A difference is a path, {@code steps[1].tune.optimizer.steps}, and the value that stands there from now on. Trees are
 * shared between variants, hence never changed: an edit copies the nodes on its way and keeps their marks.
 */
final class Edits {
    private static final Pattern SEGMENT = Pattern.compile("\\.?([^.\\[\\]]+)|\\[([0-9]{1,4})]");

    private final Findings findings;

    Edits(Findings findings) {
        this.findings = findings;
    }

    /** Applies a mapping of paths to values. */
    MappingNode apply(MappingNode recipe, MappingNode differences) {
        MappingNode edited = recipe;
        for (NodeTuple difference : differences.getValue()) {
            edited = apply(edited, difference.getKeyNode(), difference.getValueNode());
        }
        return edited;
    }

    /** Applies {@code path=value}, as given with {@code --set}. */
    MappingNode applySetting(MappingNode recipe, String setting) {
        String label = "--set " + setting;
        int equals = setting.indexOf('=');
        if (equals < 1) {
            findings.add(Problem.ofFile(label, "no '='", "path=value, as in seed=1", null));
            return recipe;
        }
        Node value = Yaml.value(setting.substring(equals + 1), label, equals + 1, findings);
        Node key = scalar(setting.substring(0, equals), Yaml.mark(label, 0));
        return value == null ? recipe : apply(recipe, key, value);
    }

    private MappingNode apply(MappingNode recipe, Node key, Node value) {
        String path = Yaml.key(key);
        List<String> segments = segments(path);
        if (segments.isEmpty() || segments.get(0).startsWith("[")) {
            findings.report(key, path, "not a path", "one like steps[1].tune.optimizer.steps", null);
            return recipe;
        }
        return (MappingNode) put(recipe, segments, 0, key, value);
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        Matcher matcher = SEGMENT.matcher(path);
        int end = 0;
        while (end < path.length() && matcher.find(end) && matcher.start() == end) {
            segments.add(matcher.group().startsWith(".") ? matcher.group(1) : matcher.group());
            end = matcher.end();
        }
        return end == path.length() ? segments : List.of();
    }

    private Node put(Node node, List<String> segments, int at, Node key, Node value) {
        if (at == segments.size()) {
            return value;
        }
        String segment = segments.get(at);
        if (segment.startsWith("[")) {
            return putElement(node, segments, at, key, value);
        }
        if (node instanceof MappingNode mapping) {
            return putEntry(mapping, segments, at, key, value);
        }
        if (node == null || Yaml.isNull(node)) {
            MappingNode empty =
                    new MappingNode(Tag.MAP, true, List.of(), FlowStyle.BLOCK, key.getStartMark(), key.getEndMark());
            return putEntry(empty, segments, at, key, value);
        }
        report(segments, at, key, "found " + Yaml.describe(node), "a mapping, to hold the key '" + segment + "'");
        return node;
    }

    private Node putEntry(MappingNode mapping, List<String> segments, int at, Node key, Node value) {
        List<NodeTuple> entries = new ArrayList<>(mapping.getValue());
        for (int i = 0; i < entries.size(); i++) {
            NodeTuple entry = entries.get(i);
            if (Yaml.key(entry.getKeyNode()).equals(segments.get(at))) {
                Node inner = put(entry.getValueNode(), segments, at + 1, key, value);
                boolean replaced = at + 1 == segments.size();
                entries.set(i, new NodeTuple(replaced ? named(segments.get(at), key) : entry.getKeyNode(), inner));
                return Yaml.with(mapping, entries);
            }
        }
        entries.add(new NodeTuple(named(segments.get(at), key), put(null, segments, at + 1, key, value)));
        return Yaml.with(mapping, entries);
    }

    private Node putElement(Node node, List<String> segments, int at, Node key, Node value) {
        if (!(node instanceof SequenceNode list)) {
            report(segments, at, key, "found " + (node == null ? "nothing" : Yaml.describe(node)), "a list");
            return node == null ? value : node;
        }
        String segment = segments.get(at);
        int index = Integer.parseInt(segment.substring(1, segment.length() - 1));
        int size = list.getValue().size();
        if (index >= size) {
            String expected =
                    size == 0 ? "no element: the list is empty" : "an element from [0] to [" + (size - 1) + "]";
            report(segments, at + 1, key, "no such element", expected);
            return node;
        }
        List<Node> elements = new ArrayList<>(list.getValue());
        elements.set(index, put(elements.get(index), segments, at + 1, key, value));
        return Yaml.with(list, elements);
    }

    private void report(List<String> segments, int end, Node key, String found, String expected) {
        String path = String.join(".", segments.subList(0, end)).replace(".[", "[");
        findings.report(key, path, found, expected, null);
    }

    private static Node named(String name, Node key) {
        return scalar(name, key.getStartMark());
    }

    private static Node scalar(String text, Optional<Mark> mark) {
        return new ScalarNode(Tag.STR, true, text, ScalarStyle.PLAIN, mark, mark);
    }
}
