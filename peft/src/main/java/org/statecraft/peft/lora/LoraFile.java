package org.statecraft.peft.lora;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.Target;
import org.statecraft.peft.Targets;

/**
 * {@code adapter_config.json} of a LoRA adapter, as peft 0.21 writes it. What it says about where the adapter acts
 * ({@code target_modules}, {@code layers_to_transform} and others) is not read: the tensors say it.
 */
final class LoraFile {
    static final String HEAD_WEIGHT = "lm_head.weight";
    static final String HEAD_PREFIX = PeftKeys.PREFIX + "lm_head.";

    private static final String LAYOUT = "0.21.2";
    private static final Pattern FACTOR =
            Pattern.compile("base_model\\.model\\.(?:.*\\.)?([^.]+)\\.lora_(?:A\\.weight|embedding_A)");

    /** What changes the result when it is set, and what it does then. */
    private static final Map<String, String> UNSUPPORTED = new LinkedHashMap<>();

    /** Ways to start that leave the model's weights as they are; all others also change them. */
    private static final List<String> HARMLESS_STARTS = List.of("true", "false", "gaussian", "eva", "orthogonal");

    static {
        UNSUPPORTED.put("bias", "trains biases of the model as well");
        UNSUPPORTED.put("modules_to_save", "replaces whole modules of the model");
        UNSUPPORTED.put("fan_in_fan_out", "is for weights that are stored transposed");
        UNSUPPORTED.put("lora_bias", "adds a bias to the factor B");
        UNSUPPORTED.put("layer_replication", "repeats layers of the model");
        UNSUPPORTED.put("trainable_token_indices", "replaces rows of the embedding");
        UNSUPPORTED.put("target_parameters", "adapts parameters outside of linear maps");
        UNSUPPORTED.put("alora_invocation_tokens", "acts on part of the tokens only");
        UNSUPPORTED.put("arrow_config", "chooses among adapters token by token");
        UNSUPPORTED.put("kasa_config", "changes the model's weights too");
        UNSUPPORTED.put("monteclora_config", "draws the factors at random");
        UNSUPPORTED.put("use_qalora", "pools the input of the factor A");
        UNSUPPORTED.put("use_bdlora", "has factors of blocks");
    }

    private final JsonNode json;

    /**
     * Checks a configuration.
     *
     * @throws InputException naming everything in it that would give another result here
     */
    LoraFile(JsonNode json) {
        this.json = json;
        List<String> problems = new ArrayList<>();
        UNSUPPORTED.forEach((key, effect) -> {
            JsonNode value = json.path(key);
            if (!isUnset(value)) {
                problems.add(key + " is " + value + ", which " + effect);
            }
        });
        JsonNode start = json.path("init_lora_weights");
        if (!start.isMissingNode() && !start.isNull() && !HARMLESS_STARTS.contains(start.asText())) {
            problems.add(
                    "init_lora_weights is " + start + ", which changes the model's weights too; let peft convert the "
                            + "adapter with path_initial_model_for_weight_conversion");
        }
        if (!problems.isEmpty()) {
            throw new InputException("not supported, as the result would be another one: " + String.join("; ", problems)
                    + ". Merge the adapter with peft and use the model that this gives");
        }
    }

    private static boolean isUnset(JsonNode value) {
        return value.isMissingNode()
                || value.isNull()
                || (value.isContainerNode() && value.isEmpty())
                || (value.isBoolean() && !value.asBoolean())
                || value.asText().equals("none");
    }

    LoraConfig config() {
        return new LoraConfig(
                LoraConfig.Variant.of(
                        json.path("use_rslora").asBoolean(),
                        json.path("use_dora").asBoolean()),
                (int) number("r", json.path("r")),
                number("lora_alpha", json.path("lora_alpha")),
                pattern("rank_pattern", value -> (int) number("rank_pattern", value)),
                pattern("alpha_pattern", value -> number("alpha_pattern", value)));
    }

    private static double number(String key, JsonNode value) {
        if (!value.isNumber()) {
            throw new InputException(
                    key + " is " + (value.isMissingNode() ? "missing" : value) + "; expected a number above 0");
        }
        return value.asDouble();
    }

    private <T> Map<String, T> pattern(String key, Function<JsonNode, T> read) {
        Map<String, T> pattern = new LinkedHashMap<>();
        json.path(key).properties().forEach(entry -> pattern.put(entry.getKey(), read.apply(entry.getValue())));
        return pattern;
    }

    /** Whether a head that is the embedding's parameter changes with it. */
    boolean tiesHead() {
        return json.path("ensure_weight_tying").asBoolean();
    }

    /** The places of the model that have tensors of these names. */
    static List<Target> targets(LanguageModel model, Collection<String> names) {
        List<String> modules = names.stream()
                .map(FACTOR::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .distinct()
                .toList();
        if (modules.isEmpty()) {
            throw new InputException("its tensors hold no lora_A, so it changes nothing; they begin with "
                    + names.stream().limit(3).collect(Collectors.joining(", ")));
        }
        boolean tied = !model.parameters().containsKey(HEAD_WEIGHT);
        List<String> known = modules.stream()
                .filter(module -> !(tied && module.equals("lm_head") && modules.contains(LoraSite.EMBEDDING)))
                .toList();
        return Targets.find(model, LoraConfig.ordered(known), LayerRange.ALL).stream()
                .filter(target ->
                        names.contains(target.key("lora_A.weight")) || names.contains(target.key("lora_embedding_A")))
                .toList();
    }

    /** All keys that peft writes. */
    static Map<String, Object> fields(LoraConfig config, List<LoraSite> sites, boolean tiesHead, int layers) {
        Map<String, Object> fields = new TreeMap<>();
        for (String unset : List.of(
                "alora_invocation_tokens",
                "arrow_config",
                "corda_config",
                "eva_config",
                "exclude_modules",
                "kasa_config",
                "layer_replication",
                "layers_pattern",
                "layers_to_transform",
                "lora_ga_config",
                "megatron_config",
                "modules_to_save",
                "monteclora_config",
                "target_parameters",
                "trainable_token_indices",
                "use_bdlora",
                "velora_config")) {
            fields.put(unset, null);
        }
        fields.put("alpha_pattern", config.alphaPattern());
        fields.put("bias", "none");
        fields.put("ensure_weight_tying", tiesHead);
        fields.put("fan_in_fan_out", false);
        fields.put("init_lora_weights", true);
        fields.put("loftq_config", Map.of());
        fields.put("lora_alpha", plain(config.alpha()));
        fields.put("lora_bias", false);
        fields.put("lora_dropout", 0.0);
        fields.put("megatron_core", "megatron.core");
        fields.put("peft_version", LAYOUT);
        fields.put("qalora_group_size", 16);
        fields.put("r", config.rank());
        fields.put("rank_pattern", config.rankPattern());
        fields.put("target_modules", modules(sites, tiesHead, layers));
        fields.put("use_dora", config.variant().hasMagnitude());
        fields.put("use_qalora", false);
        fields.put("use_rslora", config.variant().isRankStabilized());
        return fields;
    }

    /** A whole number as such. */
    private static Object plain(double number) {
        return number == Math.rint(number) && number < Integer.MAX_VALUE ? (Object) (int) number : (Object) number;
    }

    /** By their last names where every layer has the module adapted, else by their whole paths. */
    private static List<String> modules(List<LoraSite> sites, boolean tiesHead, int layers) {
        Map<String, List<LoraSite>> byName = sites.stream()
                .collect(Collectors.groupingBy(site -> site.target().name(), TreeMap::new, Collectors.toList()));
        TreeSet<String> modules = new TreeSet<>();
        byName.forEach((name, same) -> {
            boolean everywhere = same.get(0).target().layer() < 0 || same.size() == layers;
            same.forEach(site -> modules.add(
                    everywhere ? lastName(LoraSite.module(site.target())) : LoraSite.module(site.target())));
        });
        if (tiesHead) {
            modules.add("lm_head");
        }
        return List.copyOf(modules);
    }

    private static String lastName(String module) {
        return module.replaceFirst("^backbone\\.(layers\\.\\d+\\.mixer\\.)?", "");
    }
}
