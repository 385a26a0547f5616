package org.statecraft.peft.stateoffset;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Layer;
import org.statecraft.model.LayerShape;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.StoredAdapter;
import org.statecraft.peft.TensorAdapter;
import org.statecraft.peft.TensorSpec;
import org.statecraft.peft.Tensors;

/**
 * State-offset tuning: one {@link StateOffsetLayer} for each layer and nothing else.
 *
 * <p>Offsets start at 0. Of the two factors {@code u·w} of the low-rank form {@code u} starts at 0.
 */
public final class StateOffset extends TensorAdapter {
    /** {@code peft_type} of stored adapters. */
    public static final String TYPE = "STATE_OFFSET";

    private final StateOffsetConfig config;
    private final String architecture;
    private final List<LayerShape> shapes;
    private final List<StateOffsetLayer> operators;

    private StateOffset(Tensors tensors, StateOffsetConfig config, LanguageModel model) {
        super(tensors);
        this.config = config;
        this.architecture =
                model.config().architecture().toLowerCase(Locale.ROOT).replace("-", "");
        this.shapes = shapes(model);
        this.operators =
                IntStream.range(0, shapes.size()).mapToObj(this::operator).toList();
    }

    private StateOffsetLayer operator(int layer) {
        Map<String, NDArray> own = new LinkedHashMap<>();
        for (TensorSpec spec : StateOffsetLayer.specs(config, shapes.get(layer), layer)) {
            own.put(
                    spec.key().substring(PeftKeys.mixer(layer, "").length()),
                    tensors().get(spec.key()));
        }
        return StateOffsetLayer.of(config, own);
    }

    /**
     * An untrained adapter.
     *
     * @param seed decides the random factor of the low-rank form
     */
    public static StateOffset create(LanguageModel model, StateOffsetConfig config, long seed) {
        return new StateOffset(Tensors.create(model, specs(config, shapes(model)), seed), config, model);
    }

    /**
     * An adapter from its folder.
     *
     * @throws InputException when it does not fit the model; every problem is named
     */
    public static StateOffset load(LanguageModel model, StoredAdapter stored) {
        StateOffsetConfig config = readConfig(stored);
        return new StateOffset(Tensors.load(model, stored, specs(config, shapes(model))), config, model);
    }

    private static StateOffsetConfig readConfig(StoredAdapter stored) {
        try {
            StateOffsetConfig.Form form = StateOffsetConfig.Form.ofVariant(
                    stored.config().path("variant").asText());
            int rank = form == StateOffsetConfig.Form.LOW_RANK
                    ? stored.config().path("r").asInt()
                    : 0;
            return new StateOffsetConfig(form, rank);
        } catch (InputException e) {
            throw new InputException(stored.configFile() + ": " + e.getMessage(), e);
        }
    }

    private static List<LayerShape> shapes(LanguageModel model) {
        return model.layers().stream().map(Layer::shape).toList();
    }

    private static List<TensorSpec> specs(StateOffsetConfig config, List<LayerShape> shapes) {
        List<TensorSpec> specs = new ArrayList<>();
        for (int layer = 0; layer < shapes.size(); layer++) {
            specs.addAll(StateOffsetLayer.specs(config, shapes.get(layer), layer));
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
        fields.put("variant", config.form().variant());
        fields.put("r", config.form() == StateOffsetConfig.Form.LOW_RANK ? config.rank() : null);
        fields.put("layers", layers());
        fields.put("architecture", architecture);
        fields.put("d_inner", perLayer(LayerShape::dInner));
        fields.put("d_state", perLayer(LayerShape::state));
        fields.put("ngroups", perLayer(LayerShape::groups));
        fields.put("headdim", perLayer(LayerShape::headDim));
        fields.put("dtype", "float32");
        return fields;
    }

    /** One number where all layers agree, else a list. */
    private Object perLayer(ToLongFunction<LayerShape> size) {
        List<Long> sizes = shapes.stream().map(size::applyAsLong).toList();
        return Set.copyOf(sizes).size() == 1 ? sizes.get(0) : sizes;
    }

    @Override
    public Set<String> movedFirst() {
        return parameters().keySet().stream()
                .filter(key -> !key.endsWith(StateOffsetLayer.LowRank.W))
                .collect(Collectors.toSet());
    }

    @Override
    public String whyNotMerged() {
        return "its offset is read out by C_t and gated, which no weight of the model does";
    }
}
