package org.statecraft.peft;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LayerShape;

/** What {@code adapter_config.json} says about the layers that a method acts on. */
public final class LayerFields {
    private LayerFields() {}

    /** The fields, in a map that may be added to. */
    public static Map<String, Object> of(LanguageModel model, List<Integer> layers) {
        Map<String, Object> fields = new TreeMap<>();
        fields.put("layers", layers);
        fields.put(
                "architecture",
                model.config().architecture().toLowerCase(Locale.ROOT).replace("-", ""));
        fields.put("d_inner", perLayer(model, layers, LayerShape::dInner));
        fields.put("d_state", perLayer(model, layers, LayerShape::state));
        fields.put("ngroups", perLayer(model, layers, LayerShape::groups));
        fields.put("headdim", perLayer(model, layers, LayerShape::headDim));
        fields.put("dtype", "float32");
        return fields;
    }

    /** One number where all layers agree, else a list. */
    private static Object perLayer(LanguageModel model, List<Integer> layers, ToLongFunction<LayerShape> size) {
        List<Long> sizes = layers.stream()
                .map(layer -> size.applyAsLong(model.layers().get(layer).shape()))
                .toList();
        return Set.copyOf(sizes).size() == 1 ? sizes.get(0) : sizes;
    }
}
