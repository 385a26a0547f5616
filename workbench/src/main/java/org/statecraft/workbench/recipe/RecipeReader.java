package org.statecraft.workbench.recipe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.statecraft.workbench.recipe.Schema.Matches;

/**
 * Reads recipe files.
 *
 * <p>What a recipe extends is merged first; then presets, the differences of each variant and {@code --set} are applied,
 * in this order; the outcome is bound to {@link Recipe} and checked. Nothing but YAML and the presence of files is read.
 */
public final class RecipeReader {
    private static final String PRESETS = "presets";
    private static final String VARIANTS = "variants";
    private static final List<String> OTHER_KEYS = List.of(Inheritance.KEY, PRESETS, VARIANTS);

    private final Path source;
    private final ReadOptions options;
    private final Findings findings = new Findings();
    private final Edits edits = new Edits(findings);

    private RecipeReader(Path source, ReadOptions options) {
        this.source = source;
        this.options = options;
    }

    /** A variant: what it is called and its differences against the recipe. */
    record Variant(@Matches(value = Recipe.NAME, says = Recipe.NAME_SAYS) String name, MappingNode set) {}

    /** A merged recipe: its own keys apart from the keys that make several recipes of it. */
    private record Parts(MappingNode recipe, Map<String, Node> others, Places places) {}

    /**
     * Reads a recipe.
     *
     * @return one resolved recipe for each variant, or a single one
     * @throws RecipeException with every mistake in the recipe as it would run
     */
    public static List<ResolvedRecipe> read(Path recipe, ReadOptions options) {
        RecipeReader reader = new RecipeReader(recipe, options);
        List<ResolvedRecipe> runs = reader.runs(reader.parts(), options.presets());
        reader.findings.throwIfAny();
        return runs;
    }

    /** Every mistake in a recipe; if no preset is asked for, also in the recipe under each of its presets. */
    public static List<Problem> problems(Path recipe, ReadOptions options) {
        RecipeReader reader = new RecipeReader(recipe, options);
        Parts parts = reader.parts();
        reader.runs(parts, options.presets());
        if (options.presets().isEmpty() && parts != null) {
            reader.presets(parts).keySet().forEach(preset -> reader.runs(parts, List.of(preset)));
        }
        return reader.findings.sorted();
    }

    /** What a recipe is about, as far as it can be told from a file that may have mistakes. */
    public static RecipeOutline outline(Path recipe) {
        RecipeReader reader = new RecipeReader(recipe, ReadOptions.none());
        Parts parts = reader.parts();
        String description = RecipeOutline.description(Yaml.text(recipe, new Findings()));
        if (parts == null) {
            return new RecipeOutline(
                    recipe, null, null, List.of(), List.of(), List.of(), description, reader.findings.sorted());
        }
        Map<String, Node> keys = byKey(parts.recipe());
        List<String> steps = elements(keys.get("steps"))
                .map(step -> step instanceof MappingNode mapping
                                && !mapping.getValue().isEmpty()
                        ? Yaml.key(mapping.getValue().get(0).getKeyNode())
                        : Yaml.describe(step))
                .toList();
        List<String> variants = elements(parts.others().get(VARIANTS))
                .map(node -> node instanceof MappingNode variant
                        ? text(byKey(variant).get("name"))
                        : "?")
                .toList();
        List<String> presets = List.copyOf(reader.presets(parts).keySet());
        return new RecipeOutline(
                recipe,
                text(keys.get("name")),
                keys.containsKey("model")
                                || !steps.subList(0, Math.min(1, steps.size())).contains("train")
                        ? text(keys.get("model"))
                        : null,
                steps,
                variants,
                presets,
                description,
                reader.findings.sorted());
    }

    private static Stream<Node> elements(Node node) {
        return node instanceof SequenceNode list ? list.getValue().stream() : Stream.empty();
    }

    private static String text(Node node) {
        return node == null ? "?" : Yaml.key(node);
    }

    private static Map<String, Node> byKey(MappingNode mapping) {
        return mapping.getValue().stream()
                .collect(Collectors.toMap(
                        entry -> Yaml.key(entry.getKeyNode()), NodeTuple::getValueNode, (first, second) -> first));
    }

    private Parts parts() {
        Inheritance inheritance = new Inheritance(findings);
        MappingNode merged = inheritance.read(source);
        if (merged == null) {
            return null;
        }
        List<NodeTuple> own = new ArrayList<>();
        Map<String, Node> others = new HashMap<>();
        for (NodeTuple entry : merged.getValue()) {
            String key = Yaml.key(entry.getKeyNode());
            if (OTHER_KEYS.contains(key)) {
                others.put(key, entry.getValueNode());
            } else {
                own.add(entry);
            }
        }
        List<Path> folders = Stream.concat(inheritance.folders().stream(), options.folders().stream())
                .toList();
        Places places = new Places(folders, options.dataRoots(), options.modelRoots());
        return new Parts(Yaml.with(merged, own), others, places);
    }

    private List<ResolvedRecipe> runs(Parts parts, List<String> presets) {
        if (parts == null) {
            return List.of();
        }
        MappingNode recipe = parts.recipe();
        Map<String, MappingNode> known = presets(parts);
        for (String preset : presets) {
            MappingNode differences = known.get(preset);
            if (differences == null) {
                String expected = known.isEmpty() ? "none: the recipe has no presets" : Names.orList(known.keySet());
                findings.add(Problem.ofFile(
                        "--preset " + preset, "no such preset", expected, Names.nearest(preset, known.keySet())));
            } else {
                recipe = edits.apply(recipe, differences);
            }
        }
        List<Variant> variants = variants(parts);
        if (variants.isEmpty()) {
            return List.of(run(recipe, null, parts.places()));
        }
        List<ResolvedRecipe> runs = new ArrayList<>();
        for (Variant variant : variants) {
            runs.add(run(edits.apply(recipe, variant.set()), variant.name(), parts.places()));
        }
        return runs;
    }

    private ResolvedRecipe run(MappingNode recipe, String variant, Places places) {
        MappingNode edited = recipe;
        for (String setting : options.sets()) {
            edited = edits.applySetting(edited, setting);
        }
        Findings inRun = new Findings();
        RecipeChecks checks = new RecipeChecks(inRun, places);
        Recipe bound = new Binder(inRun, checks).besides(OTHER_KEYS).bind(Recipe.class, edited, "");
        findings.takeOver(inRun);
        return new ResolvedRecipe(
                variant == null ? bound : bound.variant(variant), variant, source, places, checks.tasks());
    }

    private Map<String, MappingNode> presets(Parts parts) {
        Node node = parts.others().get(PRESETS);
        Map<String, MappingNode> presets = new LinkedHashMap<>();
        if (node instanceof MappingNode mapping) {
            for (NodeTuple preset : mapping.getValue()) {
                String name = Yaml.key(preset.getKeyNode());
                if (preset.getValueNode() instanceof MappingNode differences) {
                    presets.put(name, differences);
                } else {
                    notDifferences(preset.getValueNode(), PRESETS + "." + name);
                }
            }
        } else if (node != null) {
            findings.report(node, PRESETS, "found " + Yaml.describe(node), "a mapping of names to differences", null);
        }
        return presets;
    }

    private List<Variant> variants(Parts parts) {
        Node node = parts.others().get(VARIANTS);
        List<Variant> variants = new ArrayList<>();
        if (node instanceof SequenceNode list) {
            for (int i = 0; i < list.getValue().size(); i++) {
                String path = VARIANTS + "[" + i + "]";
                Findings inVariant = new Findings();
                Node element = list.getValue().get(i);
                Variant variant = new Binder(inVariant, (bound, at) -> {}).bind(Variant.class, element, path);
                if (variant != null && variants.stream().anyMatch(v -> v.name().equals(variant.name()))) {
                    inVariant.reportAt(path + ".name", "the name '" + variant.name() + "' stands twice", null, null);
                }
                if (inVariant.isEmpty()) {
                    variants.add(variant);
                }
                findings.takeOver(inVariant);
            }
        } else if (node != null) {
            findings.report(
                    node, VARIANTS, "found " + Yaml.describe(node), "a list of {name: ..., set: {path: value}}", null);
        }
        return variants;
    }

    private void notDifferences(Node node, String path) {
        findings.report(node, path, "found " + Yaml.describe(node), "a mapping of paths to values", null);
    }
}
