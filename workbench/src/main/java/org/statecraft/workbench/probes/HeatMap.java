package org.statecraft.workbench.probes;

import java.util.List;
import java.util.Locale;

/** A {@link DepthMap} as an SVG file: a coloured field for each length and depth, from red for 0 to green for 1. */
final class HeatMap {
    private static final int LEFT = 90;
    private static final int TOP = 56;
    private static final int WIDTH = 76;
    private static final int HEIGHT = 24;
    private static final int MARGIN = 24;
    private static final int SCALE = 120;

    private final StringBuilder svg = new StringBuilder();

    private HeatMap() {}

    static String of(String title, DepthMap map) {
        return new HeatMap().draw(title, map);
    }

    private String draw(String title, DepthMap map) {
        List<Integer> lengths = map.lengths();
        List<Integer> depths = map.depths();
        int width = Math.max(LEFT + WIDTH * lengths.size() + MARGIN, LEFT + 2 * SCALE + MARGIN);
        int bottom = TOP + HEIGHT * depths.size();
        append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">",
                width, bottom + 78);
        append("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", width, bottom + 78);
        append("<text x=\"12\" y=\"24\" font-size=\"16\">%s</text>", escaped(title));
        append("<text x=\"12\" y=\"44\" fill=\"#555\">depth of the needle</text>");
        for (int row = 0; row < depths.size(); row++) {
            int y = TOP + HEIGHT * row;
            append("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d %%</text>", LEFT - 8, y + 17, depths.get(row));
            for (int column = 0; column < lengths.size(); column++) {
                field(LEFT + WIDTH * column, y, map.value(lengths.get(column), depths.get(row)));
            }
        }
        for (int column = 0; column < lengths.size(); column++) {
            append(
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">T=%d</text>",
                    LEFT + WIDTH * column + WIDTH / 2, bottom + 18, lengths.get(column));
        }
        scale(bottom + 42);
        return svg.append("</svg>\n").toString();
    }

    private void field(int x, int y, Double value) {
        append(
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\" stroke=\"white\"/>",
                x, y, WIDTH, HEIGHT, value == null ? "#eee" : color(value));
        append(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                x + WIDTH / 2, y + 17, value == null ? "-" : String.format(Locale.ROOT, "%.2f", value));
    }

    private void scale(int y) {
        int steps = 10;
        int step = SCALE / steps;
        append("<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#555\">0</text>", LEFT - 8, y + 12);
        for (int i = 0; i <= steps; i++) {
            append(
                    "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"14\" fill=\"%s\"/>",
                    LEFT + step * i, y, step, color((double) i / steps));
        }
        append("<text x=\"%d\" y=\"%d\" fill=\"#555\">1</text>", LEFT + step * (steps + 1) + 8, y + 12);
    }

    /** From light red by light yellow to green, light enough for black text. */
    private static String color(double value) {
        return String.format(Locale.ROOT, "hsl(%d,65%%,70%%)", Math.round(120 * Math.max(0, Math.min(1, value))));
    }

    private void append(String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
