package org.statecraft.workbench.recipe;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * The mistakes found so far, and where each key of the tree stands.
 *
 * <p>A path with a mistake is unsound: its record component holds a stand-in, so checks over several keys leave it alone.
 */
final class Findings {
    private final Map<String, Problem> problems = new LinkedHashMap<>();
    private final Set<String> unsound = new HashSet<>();
    private final Map<String, Node> nodes = new HashMap<>();

    static String child(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    void add(Problem problem) {
        problems.putIfAbsent(problem.toString(), problem);
        unsound.add(problem.path());
    }

    /** Marks a path as unsound because of a mistake that is reported elsewhere. */
    void distrust(String path) {
        unsound.add(path);
    }

    void report(Node node, String path, String found, String expected, String nearest) {
        add(Problem.at(node.getStartMark(), path, found, expected, nearest));
    }

    /** Reports at the value of a path, or, where that was not given, at the closest mapping around it. */
    void reportAt(String path, String found, String expected, String nearest) {
        String place = path;
        while (!nodes.containsKey(place)) {
            place = place.substring(0, Math.max(0, place.lastIndexOf('.')));
        }
        report(nodes.get(place), path, found, expected, nearest);
    }

    void place(String path, Node node) {
        nodes.put(path, node);
    }

    /** Takes over the problems of another reading; their paths belong to another tree or to the same tree again. */
    void takeOver(Findings other) {
        other.problems.forEach(problems::putIfAbsent);
    }

    /** Whether neither this path nor one above it holds a mistake. */
    boolean sound(String path) {
        for (String part = path; ; part = part.substring(0, part.lastIndexOf('.'))) {
            if (unsound.contains(part)) {
                return false;
            }
            if (part.indexOf('.') < 0) {
                return true;
            }
        }
    }

    boolean isEmpty() {
        return problems.isEmpty();
    }

    /** All problems by file, in the order in which the files came up, then by line and column. */
    List<Problem> sorted() {
        List<String> files =
                problems.values().stream().map(Problem::file).distinct().toList();
        List<Problem> sorted = new ArrayList<>(problems.values());
        sorted.sort(Comparator.comparingInt((Problem p) -> files.indexOf(p.file()))
                .thenComparingInt(Problem::line)
                .thenComparingInt(Problem::column));
        return sorted;
    }

    void throwIfAny() {
        if (!isEmpty()) {
            throw new RecipeException(sorted());
        }
    }
}
