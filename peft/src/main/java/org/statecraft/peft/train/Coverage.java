package org.statecraft.peft.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.TunableAdapter;

/** What an adapter trains, as the rows of a table: tensors of one name and shape together. */
final class Coverage {
    private Coverage() {}

    private record Kind(String name, Shape shape) {}

    /** Rows of name, layers, shape and number of values, in the order of the tensors. */
    static List<String> rows(TunableAdapter adapter) {
        Map<Kind, List<Integer>> layers = new LinkedHashMap<>();
        for (Map.Entry<String, NDArray> tensor : adapter.parameters().entrySet()) {
            Kind kind = new Kind(
                    PeftKeys.withoutLayer(tensor.getKey()), tensor.getValue().getShape());
            layers.computeIfAbsent(kind, none -> new ArrayList<>()).add(PeftKeys.layer(tensor.getKey()));
        }
        List<List<String>> cells = new ArrayList<>();
        layers.forEach((kind, in) -> cells.add(List.of(
                kind.name,
                ranges(in),
                kind.shape.toString().replace("(", "[").replace(")", "]"),
                "%,d".formatted(kind.shape.size() * in.size()))));
        return aligned(cells);
    }

    /** {@code layers 0-3,6}; nothing for tensors outside the layers. */
    static String ranges(List<Integer> layers) {
        StringBuilder text = new StringBuilder();
        List<Integer> sorted =
                layers.stream().filter(layer -> layer >= 0).sorted().toList();
        for (int i = 0; i < sorted.size(); ) {
            int end = i;
            while (end + 1 < sorted.size() && sorted.get(end + 1) == sorted.get(end) + 1) {
                end++;
            }
            text.append(i == 0 ? "" : ",").append(sorted.get(i)).append(end > i ? "-" + sorted.get(end) : "");
            i = end + 1;
        }
        if (text.length() == 0) {
            return "outside";
        }
        return (sorted.size() == 1 ? "layer " : "layers ") + text;
    }

    private static List<String> aligned(List<List<String>> rows) {
        int[] widths = new int[4];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        String format = "  %-" + widths[0] + "s  %-" + widths[1] + "s  %-" + widths[2] + "s  %" + widths[3] + "s";
        return rows.stream()
                .map(row -> format.formatted(row.get(0), row.get(1), row.get(2), row.get(3)))
                .toList();
    }
}
