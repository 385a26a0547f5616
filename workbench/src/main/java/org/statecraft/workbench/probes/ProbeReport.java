package org.statecraft.workbench.probes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.statecraft.eval.MetricValue;
import org.statecraft.eval.probes.ProbeResult;
import org.statecraft.eval.probes.ProbeSlice;
import org.statecraft.eval.tasks.TaskConfig;
import org.statecraft.model.files.AtomicFiles;

/**
 * The scores of a probe step for people and programs: levels of chance, and maps of needles.
 *
 * @param results by the name of the probe
 */
public record ProbeReport(Map<String, ProbeResult> results) {
    /** The probe whose slices are lengths and depths. */
    public static final String NEEDLE = "needle";

    /** What stands in the result file under our own key: the kind of each probe, and what its scores are to be held against. */
    public Map<String, Object> additions() {
        Map<String, Object> additions = new LinkedHashMap<>();
        results.forEach((name, probe) -> {
            Map<String, Object> own = new LinkedHashMap<>();
            TaskConfig config = probe.result().task().config();
            own.put("type", config.datasetName());
            own.put("asked", config.outputType().key());
            own.put("chance", probe.chance());
            own.put("constant", probe.constant());
            additions.put(name, own);
        });
        return additions;
    }

    /** A line for each probe whose chance is known: what its scores mean something above. */
    public List<String> chances() {
        List<String> lines = new ArrayList<>();
        results.forEach((name, probe) -> {
            Map<String, List<String>> metrics = new LinkedHashMap<>();
            probe.chance().forEach((metric, chance) -> {
                Double constant = probe.constant().get(metric);
                String levels = "chance " + decimals(chance)
                        + (constant == null ? "" : ", the best single answer " + decimals(constant));
                metrics.computeIfAbsent(levels, level -> new ArrayList<>()).add(metric);
            });
            metrics.forEach((levels, some) -> lines.add(name + "  " + levels + ": " + shortened(some)));
        });
        return lines;
    }

    private static String decimals(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    /** All names, or the first and the last of many. */
    private static String shortened(List<String> names) {
        return names.size() <= 3
                ? String.join(", ", names)
                : names.get(0) + " to " + names.get(names.size() - 1) + " (" + names.size() + ")";
    }

    /**
     * Writes a map of length and depth for each metric of a needle, as a picture and as a text.
     *
     * @return the lines of the texts
     */
    public List<String> writeMaps(String name, Path folder) {
        ProbeResult probe = results.get(name);
        Map<String, DepthMap> maps = new LinkedHashMap<>();
        probe.result().metrics().forEach((metric, value) -> {
            int bracket = metric.key().indexOf(" [");
            if (bracket > 0) {
                maps.computeIfAbsent(metric.key().substring(0, bracket), key -> new DepthMap())
                        .put(slice(metric.key(), bracket), value(value));
            }
        });
        List<String> lines = new ArrayList<>();
        maps.forEach((key, map) -> {
            String file = name + "-" + key;
            String title = name + ", " + key + " by length and depth";
            AtomicFiles.writeString(folder.resolve(file + ".svg"), HeatMap.of(title, map));
            String text = map.text();
            AtomicFiles.writeString(folder.resolve(file + ".txt"), title + "\n\n" + text);
            lines.add(title + ":");
            text.lines().map(line -> "  " + line).forEach(lines::add);
        });
        return lines;
    }

    private static ProbeSlice slice(String metric, int bracket) {
        return ProbeSlice.parse(metric.substring(bracket + 2, metric.length() - 1));
    }

    private static double value(MetricValue value) {
        return value.value() == null ? Double.NaN : value.value();
    }
}
