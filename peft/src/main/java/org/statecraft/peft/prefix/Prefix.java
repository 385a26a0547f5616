package org.statecraft.peft.prefix;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.peft.LayerFields;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.StoredAdapter;
import org.statecraft.peft.TensorAdapter;
import org.statecraft.peft.Tensors;

/**
 * Prefix tuning: rows that stand in front of in_proj's output in each layer, run through convolution and scan, and leave the
 * window and state that every sequence starts from. Their own outputs are dropped, so their part z has a gradient of exactly 0
 * and stays what it was at first.
 *
 * <p>An untrained prefix already changes the model.
 *
 * <p>Source: affix tuning of MambaPEFT (Yoshimura et al. 2025, arXiv 2411.03855), and their network.
 */
public final class Prefix extends TensorAdapter {
    /** {@code peft_type} of stored adapters. */
    public static final String TYPE = "AFFIX_TUNING";

    private final LanguageModel model;
    private final PrefixConfig config;
    private final PrefixRows rows;

    private Prefix(LanguageModel model, PrefixConfig config, Tensors tensors) {
        super(tensors);
        this.model = model;
        this.config = config;
        this.rows = PrefixRows.over(tensors, config);
    }

    /**
     * An untrained adapter.
     *
     * @param seed decides its values
     * @throws InputException when the model does not have the layers
     */
    public static Prefix create(LanguageModel model, PrefixConfig config, long seed) {
        return new Prefix(model, config, Tensors.create(model, PrefixRows.specs(model, config), seed));
    }

    /**
     * An adapter from its folder, which holds rows only.
     *
     * @throws InputException when it does not fit the model; every problem is named
     */
    public static Prefix load(LanguageModel model, StoredAdapter stored) {
        try {
            int tokens = stored.config().path("num_virtual_tokens").asInt();
            PrefixConfig config = new PrefixConfig(tokens, 0, stored.layers());
            return new Prefix(model, config, Tensors.load(model, stored, PrefixRows.specs(model, config)));
        } catch (InputException e) {
            throw new InputException(stored.configFile() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Start start(int layer, NDManager scope) {
        NDArray own = rows.of(layer, scope);
        return own == null ? null : new Start(null, null, own);
    }

    /** The rows, also where a network makes them; these then belong to the adapter. */
    @Override
    public Map<String, NDArray> stored() {
        if (config.network() == 0) {
            return parameters();
        }
        NDManager owner = parameters().values().iterator().next().getManager();
        Map<String, NDArray> stored = new LinkedHashMap<>();
        try (NDManager scope = owner.newSubManager()) {
            for (int layer : layers()) {
                NDArray made = rows.of(layer, scope);
                made.attach(owner);
                stored.put(PeftKeys.mixer(layer, PrefixRows.ROWS), made);
            }
        }
        return stored;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> fields = LayerFields.of(model, layers());
        fields.put("num_virtual_tokens", config.tokens());
        return fields;
    }

    @Override
    public boolean startsFromTheModel() {
        return false;
    }

    @Override
    public String remark() {
        long base = model.parameterCount();
        return config.network() == 0 || parameterCount() <= base
                ? null
                : "the network that makes the prefix has %,d parameters, more than the model with its %,d; a smaller network-width, or none, trains less"
                        .formatted(parameterCount(), base);
    }

    @Override
    public String whyNotMerged() {
        return "its rows run before every sequence, which no weight of the model does; compile it into a snapshot";
    }

    @Override
    public String whyNotCompiled() {
        return null;
    }
}
