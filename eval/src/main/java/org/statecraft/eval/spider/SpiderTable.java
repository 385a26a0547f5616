package org.statecraft.eval.spider;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.statecraft.eval.spider.Execution.Outcome;

/**
 * Scores of many queries, by hardness and over all, as the evaluator of the benchmark tabulates them.
 *
 * @param levels by name: easy, medium, hard, extra, all
 */
public record SpiderTable(List<Level> levels) {
    private static final String ALL = "all";
    private static final int WIDTH = 20;

    public SpiderTable {
        levels = List.copyOf(levels);
    }

    /**
     * The column of one level.
     *
     * @param exact share of exact set matches, 0 without queries
     * @param executable number of queries whose gold query ran; the others are in no share
     * @param goldFailures number of queries whose gold query did not run
     * @param executed share of the executable queries with the same values, 0 without any
     */
    public record Level(
            String name,
            int count,
            double exact,
            int executable,
            int goldFailures,
            double executed,
            Map<Component, Ratios> components) {}

    /**
     * How well a component is met.
     *
     * @param accuracy share of matches among the predictions that have the component
     * @param recall share of matches among the gold queries that have the component
     */
    public record Ratios(double accuracy, double recall) {
        /** The harmonic mean; 1 where both are 0, as the benchmark prints it. */
        public double f1() {
            return accuracy + recall == 0 ? 1 : 2 * accuracy * recall / (accuracy + recall);
        }
    }

    public static SpiderTable of(List<SpiderScore> scores) {
        List<Level> levels = new ArrayList<>();
        for (Hardness hardness : Hardness.values()) {
            levels.add(level(
                    hardness.label(),
                    scores.stream()
                            .filter(score -> score.hardness() == hardness)
                            .toList()));
        }
        levels.add(level(ALL, scores));
        return new SpiderTable(levels);
    }

    /** The last column. */
    public Level all() {
        return levels.get(levels.size() - 1);
    }

    private static Level level(String name, List<SpiderScore> scores) {
        List<Boolean> executed = scores.stream()
                .filter(score -> score.executed() != null)
                .map(SpiderScore::executed)
                .toList();
        int goldFailures = (int) scores.stream()
                .filter(score -> score.execution().outcome() == Outcome.GOLD_FAILED)
                .count();
        Map<Component, Ratios> components = new EnumMap<>(Component.class);
        for (Component component : Component.values()) {
            List<ComponentScore> parts = scores.stream()
                    .map(score -> score.components().get(component))
                    .toList();
            components.put(
                    component,
                    new Ratios(
                            share(parts.stream()
                                    .filter(part -> part.inPrediction() > 0)
                                    .map(ComponentScore::matches)
                                    .toList()),
                            share(parts.stream()
                                    .filter(part -> part.inGold() > 0)
                                    .map(ComponentScore::matches)
                                    .toList())));
        }
        return new Level(
                name,
                scores.size(),
                share(scores.stream().map(SpiderScore::exact).toList()),
                executed.size(),
                goldFailures,
                share(executed),
                components);
    }

    private static double share(List<Boolean> facts) {
        return facts.isEmpty()
                ? 0
                : (double) facts.stream().filter(fact -> fact).count() / facts.size();
    }

    /** The lines that the benchmark prints, and one more for gold queries that did not run if there are such. */
    public String render() {
        StringBuilder out = new StringBuilder();
        line(out, "", Level::name);
        line(out, "count", level -> String.valueOf(level.count()));
        if (all().executable() + all().goldFailures() > 0) {
            out.append("=====================   EXECUTION ACCURACY     =====================\n");
            numbers(out, "execution", Level::executed);
            if (all().goldFailures() > 0) {
                line(out, "gold not executable", level -> String.valueOf(level.goldFailures()));
            }
        }
        out.append("\n====================== EXACT MATCHING ACCURACY =====================\n");
        numbers(out, "exact match", Level::exact);
        out.append("\n---------------------PARTIAL MATCHING ACCURACY----------------------\n");
        components(out, Ratios::accuracy);
        out.append("---------------------- PARTIAL MATCHING RECALL ----------------------\n");
        components(out, Ratios::recall);
        out.append("---------------------- PARTIAL MATCHING F1 --------------------------\n");
        components(out, Ratios::f1);
        return out.toString();
    }

    private void components(StringBuilder out, ToDoubleFunction<Ratios> ratio) {
        Arrays.stream(Component.values())
                .forEach(component -> numbers(
                        out,
                        component.label(),
                        level -> ratio.applyAsDouble(level.components().get(component))));
    }

    private void numbers(StringBuilder out, String name, ToDoubleFunction<Level> value) {
        line(out, name, level -> String.format(Locale.ROOT, "%.3f", value.applyAsDouble(level)));
    }

    private void line(StringBuilder out, String name, Function<Level, String> cell) {
        List<String> cells = new ArrayList<>(List.of(padded(name)));
        levels.forEach(level -> cells.add(padded(cell.apply(level))));
        out.append(String.join(" ", cells)).append('\n');
    }

    private static String padded(String text) {
        return text + " ".repeat(Math.max(0, WIDTH - text.length()));
    }
}
