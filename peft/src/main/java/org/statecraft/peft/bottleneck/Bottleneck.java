package org.statecraft.peft.bottleneck;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Weight;
import org.statecraft.model.WeightChange;
import org.statecraft.peft.StoredAdapter;
import org.statecraft.peft.Target;
import org.statecraft.peft.Targets;
import org.statecraft.peft.TensorAdapter;
import org.statecraft.peft.TensorSpec;
import org.statecraft.peft.Tensors;

/**
 * Bottleneck adapters: a {@link BottleneckNetwork} in front of each target.
 *
 * <p>{@code Up} and both biases start at 0, so an untrained adapter changes nothing. That differs from the code released with
 * state-offset tuning, where {@code Up} starts at random values.
 *
 * <p>Source: Houlsby et al. 2019 (arXiv 1902.00751), with the place and the size of section 2.12 of the reference.
 */
public final class Bottleneck extends TensorAdapter {
    /** {@code peft_type} of stored adapters. */
    public static final String TYPE = "BOTTLENECK";

    private final BottleneckConfig config;
    private final Map<String, UnaryOperator<NDArray>> networks = new HashMap<>();

    private Bottleneck(Tensors tensors, BottleneckConfig config, List<Target> targets) {
        super(tensors);
        this.config = config;
        targets.forEach(
                target -> networks.put(target.weight(), BottleneckNetwork.of(config.activation(), tensors, target)));
    }

    /**
     * An untrained adapter.
     *
     * @param seed decides the values of {@code Down}
     * @throws InputException when a target is nowhere in these layers
     */
    public static Bottleneck create(LanguageModel model, BottleneckConfig config, long seed) {
        List<Target> targets = Targets.find(model, config.targets(), config.layers());
        return new Bottleneck(Tensors.create(model, specs(config, targets), seed), config, targets);
    }

    /**
     * An adapter from its folder.
     *
     * @throws InputException when it does not fit the model; every problem is named
     */
    public static Bottleneck load(LanguageModel model, StoredAdapter stored) {
        BottleneckConfig config = readConfig(stored);
        List<Target> targets = Targets.find(model, config.targets(), config.layers());
        return new Bottleneck(Tensors.load(model, stored, specs(config, targets)), config, targets);
    }

    private static BottleneckConfig readConfig(StoredAdapter stored) {
        List<String> targets = new ArrayList<>();
        stored.config().path("target_modules").forEach(name -> targets.add(name.asText()));
        try {
            return new BottleneckConfig(
                    targets,
                    stored.config().path("r").asInt(),
                    BottleneckConfig.Activation.of(
                            stored.config().path("activation").asText()),
                    stored.layers());
        } catch (InputException e) {
            throw new InputException(stored.configFile() + ": " + e.getMessage(), e);
        }
    }

    private static List<TensorSpec> specs(BottleneckConfig config, List<Target> targets) {
        return targets.stream()
                .flatMap(target -> BottleneckNetwork.specs(target, config.rank()).stream())
                .toList();
    }

    @Override
    public Weight weight(String name, Weight weight) {
        UnaryOperator<NDArray> network = networks.get(name);
        return network == null ? weight : weight.with(new WeightChange.Input(network));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> fields = new TreeMap<>();
        fields.put("target_modules", config.targets());
        fields.put("r", config.rank());
        fields.put("activation", config.activation().toString());
        fields.put("layers", layers());
        return fields;
    }

    @Override
    public Set<String> movedFirst() {
        return parameters().keySet().stream()
                .filter(key -> key.contains(BottleneckNetwork.UP))
                .collect(Collectors.toSet());
    }

    @Override
    public String whyNotMerged() {
        return "it is a small network in front of a projection, which has no place in the model's weights";
    }
}
