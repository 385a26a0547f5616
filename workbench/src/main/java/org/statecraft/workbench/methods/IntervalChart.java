package org.statecraft.workbench.methods;

import java.util.List;
import java.util.Locale;
import org.statecraft.workbench.methods.Contest.Interval;

/** A chart of scores with their intervals, one line for each method, as an SVG file. */
final class IntervalChart {
    private static final int WIDTH = 900;
    private static final int LEFT = 240;
    private static final int RIGHT = 150;
    private static final int TOP = 56;
    private static final int LINE = 26;
    private static final int TICKS = 6;

    private final double low;
    private final double high;
    private final StringBuilder svg = new StringBuilder();

    private IntervalChart(List<Standing> standings) {
        double least =
                standings.stream().mapToDouble(s -> s.score().low()).min().orElseThrow();
        double most =
                standings.stream().mapToDouble(s -> s.score().high()).max().orElseThrow();
        double margin = Math.max(1e-6, 0.05 * (most - least));
        this.low = least - margin;
        this.high = most + margin;
    }

    /**
     * Draws the methods in the given order.
     *
     * @param base score of the untuned model, drawn as a line where it lies inside the picture
     */
    static String of(String title, List<Standing> standings, double base) {
        return new IntervalChart(standings).draw(title, standings, base);
    }

    private String draw(String title, List<Standing> standings, double base) {
        int height = TOP + LINE * standings.size() + 50;
        append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">",
                WIDTH, height);
        append("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, height);
        append("<text x=\"12\" y=\"24\" font-size=\"16\">%s</text>", escaped(title));
        append(
                "<text x=\"12\" y=\"42\" fill=\"#555\">%s</text>",
                "bits per byte with 95 % interval, less is better; hollow: another budget");
        int bottom = TOP + LINE * standings.size();
        for (int i = 0; i < TICKS; i++) {
            double value = low + (high - low) * i / (TICKS - 1);
            append(
                    "<line x1=\"%1$.1f\" y1=\"%2$d\" x2=\"%1$.1f\" y2=\"%3$d\" stroke=\"#ddd\"/>",
                    x(value), TOP, bottom);
            append(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#555\">%.3f</text>",
                    x(value), bottom + 18, value);
        }
        if (base > low && base < high) {
            append(
                    "<line x1=\"%1$.1f\" y1=\"%2$d\" x2=\"%1$.1f\" y2=\"%3$d\" stroke=\"#999\" stroke-dasharray=\"4 3\"/>",
                    x(base), TOP, bottom);
            append(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#555\">untuned</text>",
                    x(base), bottom + 36);
        }
        for (int i = 0; i < standings.size(); i++) {
            line(standings.get(i), TOP + LINE * i + LINE / 2);
        }
        return svg.append("</svg>\n").toString();
    }

    private void line(Standing standing, int y) {
        Interval score = standing.score();
        String color =
                switch (standing.verdict()) {
                    case "better" -> "#1a7f37";
                    case "worse" -> "#b42318";
                    case "reference" -> "#1f4fbf";
                    default -> "#555";
                };
        append("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", LEFT - 12, y + 4, escaped(standing.name()));
        append(
                "<line x1=\"%.1f\" y1=\"%3$d\" x2=\"%2$.1f\" y2=\"%3$d\" stroke=\"%4$s\" stroke-width=\"2\"/>",
                x(score.low()), x(score.high()), y, color);
        append(
                "<circle cx=\"%.1f\" cy=\"%d\" r=\"5\" stroke=\"%3$s\" stroke-width=\"2\" fill=\"%4$s\"/>",
                x(score.value()), y, color, standing.equalBudget() ? color : "white");
        append(
                "<text x=\"%d\" y=\"%d\" fill=\"%s\">%.4f %s</text>",
                WIDTH - RIGHT + 12, y + 4, color, score.value(), standing.verdict());
    }

    private double x(double value) {
        return LEFT + (WIDTH - LEFT - RIGHT) * (value - low) / (high - low);
    }

    private void append(String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
