package org.statecraft.peft.initialstate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LayerShape;
import org.statecraft.model.mamba1.Mamba1Shape;
import org.statecraft.peft.Axis;
import org.statecraft.peft.Initial;
import org.statecraft.peft.LayerFields;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.StoredAdapter;
import org.statecraft.peft.TensorAdapter;
import org.statecraft.peft.TensorSpec;
import org.statecraft.peft.Tensors;
import org.statecraft.peft.initialstate.InitialStateConfig.Form;

/**
 * Initial-state tuning: each sequence starts from a learned state instead of an empty one.
 *
 * <pre>
 * y[t,h,p] += Σ_n C[t,g(h),n]·exp(A[h]·Σ_{s≤t} Δ[s,h])·h0[h,p,n]
 * </pre>
 *
 * so that its effect fades along the sequence. It starts at 0 and is not applied again where a state is carried on.
 *
 * <p>Source: Galim et al. 2025 (arXiv 2410.09016); the learned window of the convolution is a variant of their code.
 */
public final class InitialState extends TensorAdapter {
    /** {@code peft_type} of stored adapters. */
    public static final String TYPE = "INITIAL_STATE";

    private static final String STATE = "h0";
    private static final String WINDOW = "conv0";

    private final LanguageModel model;
    private final InitialStateConfig config;

    private InitialState(LanguageModel model, InitialStateConfig config, Tensors tensors) {
        super(tensors);
        this.model = model;
        this.config = config;
    }

    /**
     * An untrained adapter, all 0.
     *
     * @throws InputException when the model does not have the layers
     */
    public static InitialState create(LanguageModel model, InitialStateConfig config) {
        return new InitialState(model, config, Tensors.create(model, specs(model, config), 0));
    }

    /**
     * An adapter from its folder.
     *
     * @throws InputException when it does not fit the model; every problem is named
     */
    public static InitialState load(LanguageModel model, StoredAdapter stored) {
        try {
            Form form = Form.ofVariant(stored.config().path("variant").asText());
            InitialStateConfig config = new InitialStateConfig(form, stored.layers());
            return new InitialState(model, config, Tensors.load(model, stored, specs(model, config)));
        } catch (InputException e) {
            throw new InputException(stored.configFile() + ": " + e.getMessage(), e);
        }
    }

    private static List<TensorSpec> specs(LanguageModel model, InitialStateConfig config) {
        List<TensorSpec> specs = new ArrayList<>();
        for (int layer : config.layers().in(model.layers().size())) {
            LayerShape s = model.layers().get(layer).shape();
            specs.add(
                    s instanceof Mamba1Shape
                            ? spec(layer, STATE, new Shape(s.dInner(), s.state()), Axis.INNER, Axis.STATE)
                            : spec(
                                    layer,
                                    STATE,
                                    new Shape(s.heads(), s.headDim(), s.state()),
                                    Axis.HEADS,
                                    Axis.HEAD_DIM,
                                    Axis.STATE));
            if (config.form() == Form.STATE_AND_WINDOW) {
                Shape window = new Shape(s.convChannels(), s.convKernel() - 1);
                specs.add(spec(layer, WINDOW, window, Axis.CONV_CHANNELS, Axis.OWN));
            }
        }
        return specs;
    }

    private static TensorSpec spec(int layer, String name, Shape shape, Axis... axes) {
        return new TensorSpec(PeftKeys.mixer(layer, name), shape, List.of(axes), Initial.zeros());
    }

    @Override
    public Start start(int layer, NDManager scope) {
        NDArray state = tensors().get(PeftKeys.mixer(layer, STATE));
        if (state == null) {
            return null;
        }
        LayerShape s = model.layers().get(layer).shape();
        // Mamba-1 counts as one head
        NDArray byHead = state.reshape(s.heads(), s.headDim(), s.state());
        byHead.attach(scope);
        return new Start(tensors().get(PeftKeys.mixer(layer, WINDOW)), byHead, null);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> fields = LayerFields.of(model, layers());
        fields.put("variant", config.form().variant());
        return fields;
    }

    @Override
    public String whyNotMerged() {
        return "it is what sequences start from, which no weight of the model says; compile it into a snapshot";
    }

    @Override
    public String whyNotCompiled() {
        return null;
    }
}
