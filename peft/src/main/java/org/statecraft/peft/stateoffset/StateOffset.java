package org.statecraft.peft.stateoffset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.statecraft.model.Constants;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Layer;
import org.statecraft.model.LayerShape;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.StoredAdapter;
import org.statecraft.peft.TunableAdapter;

/**
 * State-offset tuning of a Mamba-2 model: one {@link StateOffsetLayer} for each layer and nothing else.
 *
 * <p>Offsets start at 0. Of the two factors {@code u·w} of the low-rank form {@code u} starts at 0 and {@code w} is uniform
 * within {@code ±1/√state}, Kaiming's bound for {@code a = √5}.
 *
 * <p>Parameters lie on the model's device and are released with the model, if not before.
 */
public final class StateOffset implements TunableAdapter {
    /** {@code peft_type} of stored adapters. */
    public static final String TYPE = "STATE_OFFSET";

    private final NDManager manager;
    private final StateOffsetConfig config;
    private final String architecture;
    private final List<LayerShape> shapes;
    private final Map<String, NDArray> parameters;
    private final List<StateOffsetLayer> layers;
    private final boolean untrained;

    private StateOffset(
            NDManager manager,
            StateOffsetConfig config,
            LanguageModel model,
            Map<String, NDArray> parameters,
            boolean untrained) {
        this.manager = manager;
        this.config = config;
        this.architecture =
                model.config().architecture().toLowerCase(Locale.ROOT).replace("-", "");
        this.shapes = shapes(model);
        this.parameters = Collections.unmodifiableMap(parameters);
        this.untrained = untrained;
        this.layers = IntStream.range(0, shapes.size())
                .mapToObj(layer -> operator(layer, parameters))
                .toList();
    }

    private StateOffsetLayer operator(int layer, Map<String, NDArray> all) {
        Map<String, NDArray> own = new LinkedHashMap<>();
        for (String name : StateOffsetLayer.shapes(config, shapes.get(layer)).keySet()) {
            own.put(name, all.get(PeftKeys.mixer(layer, name)));
        }
        return StateOffsetLayer.of(config, own);
    }

    /**
     * An untrained adapter.
     *
     * @param seed decides the random factor of the low-rank form
     */
    public static StateOffset create(LanguageModel model, StateOffsetConfig config, long seed) {
        NDManager manager = model.newScope();
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, NDArray> parameters = new LinkedHashMap<>();
        expected(config, shapes(model)).forEach((key, shape) -> {
            boolean factor = key.endsWith(StateOffsetLayer.LowRank.W);
            parameters.put(key, factor ? kaimingUniform(manager, shape, random) : manager.zeros(shape));
        });
        return new StateOffset(manager, config, model, parameters, true);
    }

    private static NDArray kaimingUniform(NDManager manager, Shape shape, SplittableRandom random) {
        double bound = 1 / Math.sqrt((double) shape.get(1));
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (bound * (2 * random.nextDouble() - 1));
        }
        return Constants.array(manager, values, shape);
    }

    /**
     * An adapter from its folder.
     *
     * @throws InputException when it does not fit the model; every problem is named
     */
    public static StateOffset load(LanguageModel model, StoredAdapter stored) {
        StateOffsetConfig config = readConfig(stored);
        NDManager manager = model.newScope();
        try {
            Map<String, NDArray> parameters = stored.parameters(manager, expected(config, shapes(model)));
            return new StateOffset(manager, config, model, parameters, false);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
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

    /** Shapes by full name, layer by layer. */
    private static Map<String, Shape> expected(StateOffsetConfig config, List<LayerShape> shapes) {
        Map<String, Shape> expected = new LinkedHashMap<>();
        for (int i = 0; i < shapes.size(); i++) {
            int layer = i;
            StateOffsetLayer.shapes(config, shapes.get(i))
                    .forEach((name, shape) -> expected.put(PeftKeys.mixer(layer, name), shape));
        }
        return expected;
    }

    @Override
    public ReadOut readOut(int layer) {
        return layers.get(layer);
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
    public Map<String, NDArray> parameters() {
        return parameters;
    }

    @Override
    public List<Integer> layers() {
        return IntStream.range(0, shapes.size()).boxed().toList();
    }

    @Override
    public Set<String> movedFirst() {
        return parameters.keySet().stream()
                .filter(key -> !key.endsWith(StateOffsetLayer.LowRank.W))
                .collect(Collectors.toSet());
    }

    @Override
    public boolean untrained() {
        return untrained;
    }

    @Override
    public void close() {
        manager.close();
    }
}
