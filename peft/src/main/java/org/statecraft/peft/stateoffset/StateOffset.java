package org.statecraft.peft.stateoffset;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LayerShape;
import org.statecraft.peft.LayerFields;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.StoredAdapter;
import org.statecraft.peft.TensorAdapter;
import org.statecraft.peft.TensorSpec;
import org.statecraft.peft.Tensors;
import org.statecraft.peft.stateoffset.StateOffsetConfig.Form;

/**
 * State-offset tuning: one {@link StateOffsetLayer} for each chosen layer and nothing else.
 *
 * <p>Offsets start at 0. Of the two factors {@code u·w} of the low-rank form {@code u} starts at 0.
 */
public final class StateOffset extends TensorAdapter {
    /** {@code peft_type} of stored adapters. */
    public static final String TYPE = "STATE_OFFSET";

    private final Plan plan;
    private final LanguageModel model;
    private final Map<Integer, StateOffsetLayer> operators = new TreeMap<>();

    /**
     * What is trained where.
     *
     * @param placement null for whole layers
     */
    private record Plan(StateOffsetConfig config, Placement placement) {

        List<TensorSpec> specs(LanguageModel model) {
            List<TensorSpec> specs = new ArrayList<>();
            for (int layer : config.layers().in(model.layers().size())) {
                LayerShape shape = model.layers().get(layer).shape();
                if (placement == null) {
                    specs.addAll(StateOffsetLayer.specs(config, shape, layer));
                } else {
                    specs.add(StateOffsetLayer.placedSpec(
                            shape, layer, placement.units().get(layer).size()));
                }
            }
            return specs;
        }
    }

    private StateOffset(Tensors tensors, Plan plan, LanguageModel model) {
        super(tensors);
        this.plan = plan;
        this.model = model;
        layers().forEach(layer -> operators.put(layer, operator(layer)));
    }

    private StateOffsetLayer operator(int layer) {
        LayerShape shape = model.layers().get(layer).shape();
        if (plan.placement != null) {
            NDArray offset = tensors().get(PeftKeys.mixer(layer, StateOffsetLayer.Full.OFFSET));
            boolean heads = offset.getShape().dimension() == 3;
            return StateOffsetLayer.Placed.of(
                    offset, plan.placement.units().get(layer), heads ? shape.heads() : shape.dInner());
        }
        Map<String, NDArray> own = new LinkedHashMap<>();
        for (TensorSpec spec : StateOffsetLayer.specs(plan.config, shape, layer)) {
            own.put(
                    spec.key().substring(PeftKeys.mixer(layer, "").length()),
                    tensors().get(spec.key()));
        }
        return StateOffsetLayer.of(plan.config, own);
    }

    /**
     * An untrained adapter.
     *
     * @param seed decides the random factor of the low-rank form
     */
    public static StateOffset create(LanguageModel model, StateOffsetConfig config, long seed) {
        Plan plan = new Plan(config, null);
        return new StateOffset(Tensors.create(model, plan.specs(model), seed), plan, model);
    }

    /** An untrained adapter of the form full for the chosen heads, or channels of Mamba-1, only. */
    public static StateOffset placed(LanguageModel model, Placement placement) {
        Plan plan = placedPlan(placement);
        return new StateOffset(Tensors.create(model, plan.specs(model), 0), plan, model);
    }

    private static Plan placedPlan(Placement placement) {
        LayerRange layers = LayerRange.of(List.copyOf(placement.units().keySet()));
        return new Plan(StateOffsetConfig.of(Form.FULL).in(layers), placement);
    }

    /**
     * An adapter from its folder.
     *
     * @throws InputException when it does not fit the model; every problem is named
     */
    public static StateOffset load(LanguageModel model, StoredAdapter stored) {
        Plan plan = readPlan(stored);
        return new StateOffset(Tensors.load(model, stored, plan.specs(model)), plan, model);
    }

    private static Plan readPlan(StoredAdapter stored) {
        SortedMap<Integer, List<Integer>> units = new TreeMap<>();
        stored.covered().forEach((key, entries) -> {
            if (!entries.isEmpty()) {
                units.put(PeftKeys.layer(key), entries);
            }
        });
        try {
            if (!units.isEmpty()) {
                return placedPlan(new Placement(units));
            }
            Form form = Form.ofVariant(stored.config().path("variant").asText());
            boolean factors = form == Form.LOW_RANK;
            int rank = factors ? stored.config().path("r").asInt() : 0;
            int reshape = factors ? stored.config().path("r_ratio").asInt(1) : 1;
            return new Plan(new StateOffsetConfig(form, rank, reshape, stored.layers()), null);
        } catch (InputException e) {
            throw new InputException(stored.configFile() + ": " + e.getMessage(), e);
        }
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
        StateOffsetConfig config = plan.config;
        boolean factors = config.form() == Form.LOW_RANK;
        Map<String, Object> fields = LayerFields.of(model, layers());
        fields.put("variant", config.form().variant());
        fields.put("r", factors ? config.rank() : null);
        fields.put("r_ratio", factors ? config.reshape() : null);
        return fields;
    }

    @Override
    public Map<String, List<Integer>> covered() {
        Map<String, List<Integer>> covered = new LinkedHashMap<>();
        if (plan.placement != null) {
            plan.placement
                    .units()
                    .forEach((layer, units) ->
                            covered.put(PeftKeys.mixer(layer, StateOffsetLayer.Full.OFFSET), List.copyOf(units)));
        }
        return covered;
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
