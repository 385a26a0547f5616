package org.statecraft.peft;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of tensors in the PEFT layout: {@code base_model.model.}, then the place in the model, then the parameter. */
public final class PeftKeys {
    /** What every name begins with. */
    public static final String PREFIX = "base_model.model.";

    private static final Pattern LAYER = Pattern.compile("base_model\\.model\\.backbone\\.layers\\.(\\d+)\\..*");

    private PeftKeys() {}

    /** The name of a parameter that belongs to the mixer of a layer. */
    public static String mixer(int layer, String parameter) {
        return PREFIX + "backbone.layers." + layer + ".mixer." + parameter;
    }

    /** The name with the embedding as the Hugging Face layout spells it; original checkpoints have {@code backbone.embedding}. */
    public static String inHuggingFaceLayout(String key) {
        String original = PREFIX + "backbone.embedding.";
        return key.startsWith(original) ? PREFIX + "backbone.embeddings." + key.substring(original.length()) : key;
    }

    /** The name of a parameter without its layer, for people: {@code in_proj.lora_A.weight}, {@code norm}, {@code embeddings}. */
    public static String withoutLayer(String key) {
        return key.replaceFirst("^" + Pattern.quote(PREFIX), "")
                .replaceFirst("^backbone\\.", "")
                .replaceFirst("^layers\\.\\d+\\.", "")
                .replaceFirst("^mixer\\.", "");
    }

    /** The layer that a name belongs to, or -1 when it belongs to none. */
    public static int layer(String key) {
        Matcher matcher = LAYER.matcher(key);
        return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
    }
}
