package org.statecraft.peft;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Layer;
import org.statecraft.model.LayerShape;
import org.statecraft.model.NearestNames;
import org.statecraft.model.Weight;
import org.statecraft.model.mamba1.Mamba1Shape;

/**
 * The places of a model that methods can name. Every parameter has the name of its module ({@code in_proj}, {@code A_log},
 * {@code conv1d.bias}, {@code embeddings}); the slices of projections are {@code z}, {@code x}, {@code B}, {@code C} and
 * {@code dt}. Those of Mamba-2 are rows of {@code in_proj}; Mamba-1 has x and z there, dt, B and C in {@code x_proj}.
 */
public final class Targets {
    private static final String BACKBONE = "backbone.";

    private final LanguageModel model;

    private Targets(LanguageModel model) {
        this.model = model;
    }

    /**
     * Finds the named places.
     *
     * @param names at least one
     * @return layer by layer, in the order of the names; places outside the layers last
     * @throws InputException naming every name that matches nothing in these layers
     */
    public static List<Target> find(LanguageModel model, List<String> names, LayerRange range) {
        Targets targets = new Targets(model);
        List<Map<String, Target>> places = new ArrayList<>();
        range.in(model.layers().size()).forEach(layer -> places.add(targets.inLayer(layer)));
        places.add(targets.outside());
        List<String> unknown = names.stream()
                .filter(name -> places.stream().noneMatch(place -> place.containsKey(name)))
                .toList();
        if (!unknown.isEmpty()) {
            List<String> known = places.stream()
                    .flatMap(place -> place.keySet().stream())
                    .distinct()
                    .toList();
            throw new InputException("targets " + String.join(", ", unknown) + " match nothing in layers " + range
                    + " of this " + model.config().architecture() + " model" + meant(unknown, known) + "; it has "
                    + String.join(", ", known));
        }
        return places.stream()
                .flatMap(place -> names.stream().filter(place::containsKey).map(place::get))
                .toList();
    }

    /**
     * The names of all whole parameters: of these layers, and where they are all layers, of those outside.
     *
     * @return in an order that depends on the model only
     */
    public static List<String> names(LanguageModel model, LayerRange range) {
        Targets targets = new Targets(model);
        List<Integer> layers = range.in(model.layers().size());
        List<Map<String, Target>> places = new ArrayList<>();
        layers.forEach(layer -> places.add(targets.inLayer(layer)));
        if (layers.size() == model.layers().size()) {
            places.add(targets.outside());
        }
        return places.stream()
                .flatMap(place -> place.values().stream())
                .filter(Target::whole)
                .map(Target::name)
                .distinct()
                .toList();
    }

    private static String meant(List<String> unknown, List<String> known) {
        List<String> nearest = unknown.size() == 1 ? NearestNames.to(unknown.get(0), known) : List.of();
        return nearest.isEmpty() ? "" : " (did you mean " + String.join(" or ", nearest) + "?)";
    }

    private Map<String, Target> inLayer(int index) {
        Layer layer = model.layers().get(index);
        String prefix = BACKBONE + "layers." + index + ".";
        Map<String, Target> places = new LinkedHashMap<>();
        layer.map((name, weight) -> {
            String shortName = shortName(name);
            places.put(shortName, whole(shortName, index, prefix + name, weight, axes(layer.shape(), name, weight)));
            return weight;
        });
        LayerShape s = layer.shape();
        if (s instanceof Mamba1Shape mamba1) {
            slices(places, "in_proj", new String[] {"x", "z"}, s.dInner(), s.dInner());
            slices(places, "x_proj", new String[] {"dt", "B", "C"}, mamba1.dtRank(), s.state(), s.state());
        } else {
            long columns = s.groups() * s.state();
            slices(
                    places,
                    "in_proj",
                    new String[] {"z", "x", "B", "C", "dt"},
                    s.dInner(),
                    s.dInner(),
                    columns,
                    columns,
                    s.heads());
        }
        return places;
    }

    /** The module's name; the weight of a module stands for it. */
    private static String shortName(String name) {
        String module = name.replaceFirst("\\.weight$", "");
        return module.equals("mixer.norm") ? "gated_norm" : module.replaceFirst("^mixer\\.", "");
    }

    private static void slices(Map<String, Target> places, String of, String[] names, long... rows) {
        Target whole = places.get(of);
        long from = 0;
        for (int i = 0; i < names.length; i++) {
            places.put(
                    names[i],
                    new Target(
                            names[i],
                            whole.layer(),
                            whole.weight(),
                            from,
                            rows[i],
                            whole.columns(),
                            false,
                            List.of(
                                    rowAxis(names[i], of.equals("x_proj") ? Axis.OWN : Axis.HEADS),
                                    whole.axes().get(1))));
            from += rows[i];
        }
    }

    private static Axis rowAxis(String slice, Axis dtAxis) {
        return switch (slice) {
            case "x", "z" -> Axis.INNER;
            case "B", "C" -> Axis.STATE;
            default -> dtAxis;
        };
    }

    private Map<String, Target> outside() {
        Map<String, Target> places = new LinkedHashMap<>();
        model.parameters().forEach((name, weight) -> {
            if (name.startsWith(BACKBONE + "layers.")) {
                return;
            }
            String shortName = shortName(name.replace(BACKBONE, ""));
            List<Axis> axes =
                    weight.shape().dimension() == 1 ? List.of(Axis.MODEL) : List.of(Axis.VOCABULARY, Axis.MODEL);
            places.put(shortName, whole(shortName, -1, name, weight, axes));
        });
        return places;
    }

    private static Target whole(String name, int layer, String weight, Weight parameter, List<Axis> axes) {
        long rows = parameter.shape().get(0);
        return new Target(name, layer, weight, 0, rows, parameter.shape().size() / rows, true, axes);
    }

    private static List<Axis> axes(LayerShape shape, String name, Weight weight) {
        boolean mamba1 = shape instanceof Mamba1Shape;
        return switch (name.replaceFirst("^mixer\\.", "m.")) {
            case "norm.weight", "m.out_proj.bias" -> List.of(Axis.MODEL);
            case "m.in_proj.weight" -> List.of(Axis.PROJECTION, Axis.MODEL);
            case "m.in_proj.bias" -> List.of(Axis.PROJECTION);
            case "m.conv1d.weight" -> List.of(Axis.CONV_CHANNELS, Axis.OWN, Axis.OWN);
            case "m.conv1d.bias" -> List.of(Axis.CONV_CHANNELS);
            case "m.x_proj.weight" -> List.of(Axis.SELECTION, Axis.INNER);
            case "m.dt_proj.weight" -> List.of(Axis.INNER, Axis.OWN);
            case "m.A_log" -> mamba1 ? List.of(Axis.INNER, Axis.STATE) : List.of(Axis.HEADS);
            case "m.dt_bias" -> List.of(Axis.HEADS);
            case "m.out_proj.weight" -> List.of(Axis.MODEL, Axis.INNER);
            case "m.D" -> List.of(weight.size() == shape.dInner() ? Axis.INNER : Axis.HEADS);
            default -> List.of(Axis.INNER);
        };
    }
}
