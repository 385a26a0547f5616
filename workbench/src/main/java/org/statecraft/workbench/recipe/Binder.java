package org.statecraft.workbench.recipe;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.statecraft.workbench.recipe.Schema.AsSpelled;
import org.statecraft.workbench.recipe.Schema.Choice;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Teller;

/**
 * Binds a node tree to records by what their components say (see {@link Schema}).
 *
 * <p>It never stops at a mistake: a value that cannot be read is reported and replaced by a stand-in (its default, 0 or
 * null), so that the rest of the tree is read too. A misspelled key is reported once and then read as the key that it
 * most likely means. Unknown and missing keys are reported at the key, everything else at the value.
 */
final class Binder {

    /** Looks at a record whose components have all been bound, for what only shows across several of them. */
    interface Check {
        void check(Record bound, String path);
    }

    private final Findings findings;
    private final Check check;
    private List<String> otherKeys = List.of();

    Binder(Findings findings, Check check) {
        this.findings = findings;
        this.check = check;
    }

    /** Top-level keys that somebody else reads and that may be meant by a misspelled one. */
    Binder besides(List<String> keys) {
        otherKeys = keys;
        return this;
    }

    /**
     * Binds a node that stands at a path.
     *
     * @return the record, only complete if nothing was reported; null for a node that is no mapping
     */
    <T extends Record> T bind(Class<T> type, Node node, String path) {
        return type.cast(record(type, node, node, path));
    }

    private Object record(Class<?> type, Node node, Node owner, String path) {
        findings.place(path, node);
        if (!(node instanceof MappingNode mapping)) {
            wrongType(node, path, "a mapping with the keys " + String.join(", ", keys(type)));
            return null;
        }
        Map<String, NodeTuple> entries = entriesByMeaning(type, mapping, path);
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            String key = Names.kebab(components[i].getName());
            values[i] = component(components[i], entries.get(key), owner, Findings.child(path, key));
        }
        Record bound = construct(type, components, values);
        check.check(bound, path);
        return bound;
    }

    /** The entries of a mapping by the key that they mean; reports those that mean none. */
    private Map<String, NodeTuple> entriesByMeaning(Class<?> type, MappingNode mapping, String path) {
        List<String> keys = keys(type);
        Map<String, NodeTuple> entries = new LinkedHashMap<>();
        List<NodeTuple> unknown = new ArrayList<>();
        for (NodeTuple entry : mapping.getValue()) {
            String key = Yaml.key(entry.getKeyNode());
            if (keys.contains(key)) {
                entries.put(key, entry);
            } else {
                unknown.add(entry);
            }
        }
        List<String> all = new ArrayList<>(keys);
        all.addAll(path.isEmpty() ? otherKeys : List.of());
        for (NodeTuple entry : unknown) {
            String key = Yaml.key(entry.getKeyNode());
            List<String> open =
                    all.stream().filter(k -> !entries.containsKey(k)).toList();
            String nearest = Names.nearest(key, open);
            String expected = nearest != null ? null : all.isEmpty() ? "no key" : "one of " + String.join(", ", all);
            findings.report(entry.getKeyNode(), Findings.child(path, key), "unknown key", expected, nearest);
            if (keys.contains(nearest)) {
                entries.put(nearest, entry);
            }
        }
        return entries;
    }

    private static List<String> keys(Class<?> type) {
        List<String> keys = new ArrayList<>();
        Class<?> choice = choiceOf(type);
        if (choice != null && choice.getAnnotation(Choice.class).value() == Teller.TYPE) {
            keys.add("type");
        }
        Arrays.stream(type.getRecordComponents())
                .map(c -> Names.kebab(c.getName()))
                .forEach(keys::add);
        return keys;
    }

    private static Class<?> choiceOf(Class<?> type) {
        for (Class<?> face : type.getInterfaces()) {
            if (face.isAnnotationPresent(Choice.class)) {
                return face;
            }
        }
        return null;
    }

    private Object component(RecordComponent component, NodeTuple entry, Node owner, String path) {
        boolean nullable = component.isAnnotationPresent(OrNull.class);
        if (entry == null || (nullable && Yaml.isNull(entry.getValueNode()))) {
            Default fallback = component.getAnnotation(Default.class);
            if (fallback == null && !nullable) {
                String expected = Scalars.expected(component, component.getType());
                findings.report(owner, path, "missing key", expected, null);
            }
            return standIn(component);
        }
        String given = Findings.child(parent(path), Yaml.key(entry.getKeyNode()));
        findings.place(given, entry.getValueNode());
        Object value = value(component, component.getGenericType(), entry.getValueNode(), entry.getKeyNode(), given);
        if (!findings.sound(given)) {
            findings.distrust(path); // read from a misspelled key
        }
        return value != null ? value : standIn(component);
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('.')));
    }

    private Object value(RecordComponent component, Type type, Node node, Node owner, String path) {
        if (type instanceof ParameterizedType generic) {
            return generic.getRawType() == Map.class
                    ? texts(component, node, path)
                    : list(component, generic.getActualTypeArguments()[0], node, path);
        }
        Class<?> raw = (Class<?>) type;
        if (raw == MappingNode.class) {
            if (node instanceof MappingNode) {
                return node;
            }
            wrongType(node, path, "a mapping");
            return null;
        }
        if (raw.isAnnotationPresent(Choice.class)) {
            return raw.getAnnotation(Choice.class).value() == Teller.KEY
                    ? chosenByKey(raw, node, path)
                    : chosenByType(raw, node, owner, path);
        }
        return raw.isRecord() ? record(raw, node, owner, path) : Scalars.read(component, raw, node, path, findings);
    }

    private Object list(RecordComponent component, Type elementType, Node node, String path) {
        if (!(node instanceof SequenceNode list)) {
            wrongType(node, path, "a list, even if of one element");
            return null;
        }
        if (list.getValue().isEmpty() && !component.isAnnotationPresent(Default.class)) {
            findings.report(node, path, "an empty list", "at least one element", null);
        }
        List<Object> elements = new ArrayList<>();
        for (int i = 0; i < list.getValue().size(); i++) {
            Node element = list.getValue().get(i);
            String elementPath = path + "[" + i + "]";
            findings.place(elementPath, element);
            Object value = value(component, elementType, element, element, elementPath);
            if (value != null) {
                elements.add(value);
            }
        }
        return elements;
    }

    /** A mapping whose keys are the user's own and whose values are texts. */
    private Object texts(RecordComponent component, Node node, String path) {
        if (!(node instanceof MappingNode mapping)) {
            wrongType(node, path, "a mapping of texts");
            return null;
        }
        if (mapping.getValue().isEmpty() && !component.isAnnotationPresent(Default.class)) {
            findings.report(node, path, "an empty mapping", "at least one key", null);
        }
        Map<String, Object> texts = new LinkedHashMap<>();
        for (NodeTuple entry : mapping.getValue()) {
            String key = Yaml.key(entry.getKeyNode());
            String keyPath = Findings.child(path, key);
            findings.place(keyPath, entry.getValueNode());
            Object text = text(component, entry.getValueNode(), keyPath);
            if (text == null) {
                findings.distrust(path);
            } else {
                texts.put(key, text);
            }
        }
        return texts;
    }

    /** A text; where texts are kept as they are spelled, a list stands for its elements with commas between. */
    private Object text(RecordComponent component, Node node, String path) {
        boolean several = node instanceof SequenceNode && component.isAnnotationPresent(AsSpelled.class);
        if (!several) {
            return Scalars.read(component, String.class, node, path, findings);
        }
        List<?> elements = (List<?>) list(component, String.class, node, path);
        int written = ((SequenceNode) node).getValue().size();
        if (written == 0) {
            findings.report(node, path, "an empty list", "at least one element", null);
        }
        return elements.size() < written || written == 0
                ? null
                : elements.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private Object chosenByKey(Class<?> choice, Node node, String path) {
        Map<String, Class<?>> byName = byName(choice);
        String noun = choice.getAnnotation(Choice.class).noun();
        if (!(node instanceof MappingNode mapping) || mapping.getValue().isEmpty()) {
            wrongType(
                    node, path, "a " + noun + ", one of " + String.join(", ", byName.keySet()) + ", as in name: {...}");
            return null;
        }
        List<Object> chosen = new ArrayList<>();
        for (NodeTuple entry : mapping.getValue()) {
            String name = Yaml.key(entry.getKeyNode());
            if (!chosen.isEmpty()) {
                String found = "a second key '" + name + "' in one " + noun;
                findings.report(entry.getKeyNode(), path, found, "a new list element: - " + name + ": ...", null);
            }
            Class<?> type = known(byName, noun, name, entry.getKeyNode(), path);
            if (type != null) {
                chosen.add(record(type, entry.getValueNode(), entry.getKeyNode(), Findings.child(path, name)));
            }
        }
        return chosen.isEmpty() ? null : chosen.get(0);
    }

    private Object chosenByType(Class<?> choice, Node node, Node owner, String path) {
        Map<String, Class<?>> byName = byName(choice);
        String noun = choice.getAnnotation(Choice.class).noun();
        if (!(node instanceof MappingNode mapping)) {
            wrongType(node, path, "a mapping with the key type");
            return null;
        }
        String typePath = Findings.child(path, "type");
        for (NodeTuple entry : mapping.getValue()) {
            if (Yaml.key(entry.getKeyNode()).equals("type")) {
                Node value = entry.getValueNode();
                Class<?> type = known(byName, noun, Yaml.key(value), value, typePath);
                return type == null ? null : record(type, node, owner, path);
            }
        }
        findings.report(owner, typePath, "missing key", Names.orList(byName.keySet()), null);
        return null;
    }

    /** The record of a name, or of the name that it most likely means; reports all but the exact one. */
    private Class<?> known(Map<String, Class<?>> byName, String noun, String name, Node node, String path) {
        Class<?> type = byName.get(name);
        if (type == null) {
            String nearest = Names.nearest(name, byName.keySet());
            findings.report(node, path, "unknown " + noun + " '" + name + "'", Names.orList(byName.keySet()), nearest);
            type = nearest == null ? null : byName.get(nearest);
        }
        return type;
    }

    private static Map<String, Class<?>> byName(Class<?> choice) {
        return Arrays.stream(choice.getPermittedSubclasses())
                .collect(Collectors.toMap(Names::of, type -> type, (a, b) -> a, LinkedHashMap::new));
    }

    private void wrongType(Node node, String path, String expected) {
        findings.report(node, path, "found " + Yaml.describe(node), expected, null);
    }

    /** What a component holds when nothing usable was given: its default, or an empty value of its type. */
    private static Object standIn(RecordComponent component) {
        Default fallback = component.getAnnotation(Default.class);
        Class<?> type = component.getType();
        if (type == List.class) {
            return fallback == null ? List.of() : Scalars.parseDefaults(elements(component), fallback.value());
        }
        if (type == Map.class) {
            return Map.of();
        }
        if (fallback != null) {
            return Scalars.parseDefault(type, fallback.value());
        }
        return type.isPrimitive() ? Scalars.parseDefault(type, "0") : null;
    }

    private static Class<?> elements(RecordComponent list) {
        return (Class<?>) ((ParameterizedType) list.getGenericType()).getActualTypeArguments()[0];
    }

    private static Record construct(Class<?> type, RecordComponent[] components, Object[] values) {
        try {
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            return (Record) constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(type + " refuses its stand-ins", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
