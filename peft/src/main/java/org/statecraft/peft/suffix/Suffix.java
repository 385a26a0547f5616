package org.statecraft.peft.suffix;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.peft.StoredAdapter;
import org.statecraft.peft.TensorAdapter;
import org.statecraft.peft.TensorSpec;
import org.statecraft.peft.Tensors;

/**
 * Iterative suffix tuning: after every token the state is read out as if one learned virtual token had followed, which the
 * recurrence itself never sees. One {@link SuffixLayer} for each chosen layer.
 *
 * <p>A virtual token with decay {@code a} and input {@code b} turns the state {@code h} into {@code a·h + b}. Here both are free:
 * {@code a} is one scale for each head, which starts at 1, {@code b} is any offset, which starts at 0. With the scale held at 1 it is
 * state-offset tuning. See {@code docs/state-offset.md} for what a literal suffix has besides.
 *
 * <p>Source: Kang et al. 2025 (arXiv 2503.03499), the step of the argument from suffix tuning to state offsets; no code of it
 * exists.
 */
public final class Suffix extends TensorAdapter {
    /** {@code peft_type} of stored adapters. */
    public static final String TYPE = "ITERATIVE_SUFFIX";

    private final SuffixConfig config;
    private final Map<Integer, SuffixLayer> operators = new TreeMap<>();

    private Suffix(Tensors tensors, SuffixConfig config) {
        super(tensors);
        this.config = config;
        layers().forEach(layer -> operators.put(layer, SuffixLayer.of(config, tensors, layer)));
    }

    /**
     * An untrained adapter.
     *
     * @param seed decides the random factor where the offset has two
     */
    public static Suffix create(LanguageModel model, SuffixConfig config, long seed) {
        return new Suffix(Tensors.create(model, specs(model, config), seed), config);
    }

    /**
     * An adapter from its folder.
     *
     * @throws InputException when it does not fit the model; every problem is named
     */
    public static Suffix load(LanguageModel model, StoredAdapter stored) {
        SuffixConfig config = new SuffixConfig(stored.config().path("r").asInt(0), stored.layers());
        return new Suffix(Tensors.load(model, stored, specs(model, config)), config);
    }

    private static List<TensorSpec> specs(LanguageModel model, SuffixConfig config) {
        List<TensorSpec> specs = new ArrayList<>();
        for (int layer : config.layers().in(model.layers().size())) {
            specs.addAll(SuffixLayer.specs(config, model.layers().get(layer).shape(), layer));
        }
        return specs;
    }

    @Override
    public ReadOut readOut(int layer) {
        return operators.get(layer);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> fields = new TreeMap<>();
        fields.put("r", config.rank() == 0 ? null : config.rank());
        fields.put("layers", layers());
        return fields;
    }

    @Override
    public Set<String> movedFirst() {
        return parameters().keySet().stream()
                .filter(key -> !key.endsWith(SuffixLayer.W))
                .collect(Collectors.toSet());
    }

    @Override
    public String whyNotMerged() {
        return "it scales and shifts the state at its read-out only, which no weight of the model does";
    }
}
