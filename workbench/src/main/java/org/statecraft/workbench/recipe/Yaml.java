package org.statecraft.workbench.recipe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Composes YAML 1.2 to node trees whose marks name the file.
 *
 * <p>Size, depth and the number of aliases are bounded and recursion is refused, so a small file cannot unfold into a
 * large tree.
 */
final class Yaml {
    private static final int LARGEST_FILE = 1 << 20;
    private static final int DEEPEST = 32;
    private static final int MOST_ALIASES = 10;

    private Yaml() {}

    /** The mapping that a file holds, or null with the reason among the findings. */
    static MappingNode file(Path file, Findings findings) {
        String label = file.toString();
        String text = text(file, findings);
        if (text == null) {
            return null;
        }
        Node root = compose(text, label, findings);
        if (root instanceof MappingNode mapping) {
            dropDuplicates(mapping, "", findings);
            return mapping;
        }
        if (root != null) {
            findings.report(root, "", "found " + describe(root), "a mapping: key: value", null);
        } else if (findings.isEmpty()) {
            findings.add(new Problem(label, 1, 1, "", "the file is empty", "a mapping: key: value", null));
        }
        return null;
    }

    /** The text of a file, or null with the reason among the findings. */
    static String text(Path file, Findings findings) {
        String label = file.toString();
        try {
            if (!Files.isRegularFile(file)) {
                String found = Files.exists(file) ? "not a file" : "no such file";
                findings.add(Problem.ofFile(label, found, null, Places.nearestBeside(file)));
                return null;
            }
            if (Files.size(file) > LARGEST_FILE) {
                findings.add(Problem.ofFile(label, "larger than 1 MiB", "a recipe, not data", null));
                return null;
            }
            String text = Files.readString(file);
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            findings.add(Problem.ofFile(label, "not UTF-8 text", "a YAML file", null));
        } catch (IOException e) {
            findings.add(Problem.ofFile(label, "not readable: " + e.getMessage(), null, null));
        } catch (UncheckedIOException e) {
            findings.add(Problem.ofFile(label, "not readable: " + e.getCause().getMessage(), null, null));
        }
        return null;
    }

    /**
     * A value given on its own.
     *
     * @param label stands for the file in messages
     * @param start column at which the value begins in its surroundings, from 0
     * @return the value, a null scalar for an empty text, or null with the reason among the findings
     */
    static Node value(String text, String label, int start, Findings findings) {
        if (text.isBlank()) {
            return new ScalarNode(Tag.NULL, true, "", ScalarStyle.PLAIN, mark(label, start), mark(label, start));
        }
        return compose(" ".repeat(start) + text, label, findings);
    }

    static Optional<Mark> mark(String label, int column) {
        return Optional.of(new Mark(label, column, 0, column, new int[0], 0));
    }

    private static Node compose(String text, String label, Findings findings) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(label)
                .setCodePointLimit(LARGEST_FILE)
                .setMaxAliasesForCollections(MOST_ALIASES)
                .setSchema(new CoreSchema())
                .build();
        try {
            return new BoundedComposer(settings, text).getSingleNode().orElse(null);
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark().or(e::getContextMark).or(() -> mark(label, 0));
            String context = e.getContext() == null ? "" : e.getContext() + ": ";
            findings.add(Problem.at(mark, "", "not YAML: " + context + e.getProblem(), null, null));
        } catch (ReaderException e) {
            String before = text.substring(0, text.offsetByCodePoints(0, Math.min(e.getPosition(), text.length())));
            int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
            int column = before.length() - before.lastIndexOf('\n');
            String character = String.format("U+%04X", e.getCodePoint());
            findings.add(new Problem(
                    label, line, column, "", "not YAML: the character " + character, "printable text", null));
        } catch (YamlEngineException e) {
            findings.add(Problem.ofFile(label, "not YAML that is read here: " + e.getMessage(), null, null));
        }
        return null;
    }

    /** Reports keys that are given twice and leaves the first of them. */
    private static void dropDuplicates(Node node, String path, Findings findings) {
        if (node instanceof SequenceNode list) {
            for (int i = 0; i < list.getValue().size(); i++) {
                dropDuplicates(list.getValue().get(i), path + "[" + i + "]", findings);
            }
        } else if (node instanceof MappingNode mapping) {
            Map<String, NodeTuple> entries = new LinkedHashMap<>();
            for (NodeTuple entry : mapping.getValue()) {
                Node key = entry.getKeyNode();
                String keyPath = Findings.child(path, key(key));
                NodeTuple first = entries.putIfAbsent(key(key), entry);
                if (first != null) {
                    int line = first.getKeyNode().getStartMark().orElseThrow().getLine() + 1;
                    findings.report(key, keyPath, "the key stands twice, first in line " + line, null, null);
                }
                dropDuplicates(entry.getValueNode(), keyPath, findings);
            }
            mapping.setValue(new ArrayList<>(entries.values()));
        }
    }

    /** What a node is, for "found ...". */
    static String describe(Node node) {
        if (node instanceof MappingNode) {
            return "a mapping";
        }
        if (node instanceof SequenceNode) {
            return "a list";
        }
        ScalarNode scalar = (ScalarNode) node;
        if (isNull(node)) {
            return "nothing";
        }
        String text = scalar.getValue();
        String shown = text.length() <= 60 ? text : text.substring(0, 57) + "...";
        return scalar.isPlain() ? "'" + shown + "'" : "the text \"" + shown.replace("\n", "\\n") + "\"";
    }

    static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    /** The text of a key, whatever its type. */
    static String key(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : describe(node);
    }

    /** Refuses deep nesting before the stack does, and trees that contain themselves. */
    private static final class BoundedComposer extends Composer {
        private int depth;

        BoundedComposer(LoadSettings settings, String text) {
            super(settings, new ParserImpl(settings, new StreamReader(settings, text)));
        }

        @Override
        protected SequenceNode composeSequenceNode(Optional<Anchor> anchor) {
            return nested(() -> super.composeSequenceNode(anchor));
        }

        @Override
        protected Node composeMappingNode(Optional<Anchor> anchor) {
            return nested(() -> super.composeMappingNode(anchor));
        }

        private <T extends Node> T nested(Supplier<T> compose) {
            Optional<Mark> here = parser.peekEvent().getStartMark();
            if (++depth > DEEPEST) {
                throw new RefusedException("more than " + DEEPEST + " levels of nesting", here);
            }
            T node = compose.get();
            depth--;
            if (node.isRecursive()) {
                throw new RefusedException("an alias inside of what it stands for", here);
            }
            return node;
        }
    }

    private static final class RefusedException extends MarkedYamlEngineException {
        private static final long serialVersionUID = 1;

        RefusedException(String problem, Optional<Mark> mark) {
            super(null, Optional.empty(), problem, mark);
        }
    }

    /** A mapping with other entries in the same place. */
    static MappingNode with(MappingNode mapping, List<NodeTuple> entries) {
        return new MappingNode(
                mapping.getTag(), true, entries, mapping.getFlowStyle(), mapping.getStartMark(), mapping.getEndMark());
    }

    /** A list with other elements in the same place. */
    static SequenceNode with(SequenceNode list, List<Node> elements) {
        return new SequenceNode(
                list.getTag(), true, elements, list.getFlowStyle(), list.getStartMark(), list.getEndMark());
    }
}
