package org.statecraft.peft.prompt;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.peft.Axis;
import org.statecraft.peft.Initial;
import org.statecraft.peft.StoredAdapter;
import org.statecraft.peft.TensorAdapter;
import org.statecraft.peft.TensorSpec;
import org.statecraft.peft.Tensors;

/**
 * Prompt tuning: embeddings that stand in front of every sequence. They have no logits and no labels.
 *
 * <p>An untrained prompt already changes the model: one from a text changes it as that text in front would.
 *
 * <p>Source: Lester et al. 2021 (arXiv 2104.08691); files and initial values as in Hugging Face peft.
 */
public final class Prompt extends TensorAdapter {
    /** {@code peft_type} of stored adapters. */
    public static final String TYPE = "PROMPT_TUNING";

    private static final String ROWS = "prompt_embeddings";

    private final LanguageModel model;
    private final String init;
    private final String text;

    private Prompt(LanguageModel model, String init, String text, Tensors tensors) {
        super(tensors);
        this.model = model;
        this.init = init;
        this.text = text;
    }

    /**
     * An untrained adapter.
     *
     * @param count of virtual tokens
     * @param seed decides what is drawn
     */
    public static Prompt create(LanguageModel model, int count, PromptStart start, long seed) {
        requireTokens(count);
        String text = start instanceof PromptStart.Text given ? given.text() : null;
        Tensors tensors = Tensors.create(model, List.of(spec(model, count, start.initial(model))), seed);
        return new Prompt(model, start.spelling(), text, tensors);
    }

    /**
     * An adapter from its folder, which Hugging Face peft may have written.
     *
     * @throws InputException when it does not fit the model
     */
    public static Prompt load(LanguageModel model, StoredAdapter stored) {
        JsonNode config = stored.config();
        int count = config.path("num_virtual_tokens").asInt();
        if (count < 1) {
            throw new InputException(stored.configFile() + ": num_virtual_tokens is "
                    + config.path("num_virtual_tokens") + "; expected at least 1");
        }
        Tensors tensors = Tensors.load(model, stored, List.of(spec(model, count, Initial.zeros())));
        JsonNode text = config.path("prompt_tuning_init_text");
        return new Prompt(
                model,
                config.path("prompt_tuning_init").asText("RANDOM"),
                text.isTextual() ? text.textValue() : null,
                tensors);
    }

    private static void requireTokens(int count) {
        if (count < 1) {
            throw new InputException("tokens of the prompt is " + count + "; expected at least 1");
        }
    }

    private static TensorSpec spec(LanguageModel model, int count, Initial initial) {
        Shape shape = new Shape(count, model.layers().get(0).shape().dModel());
        return new TensorSpec(ROWS, shape, List.of(Axis.OWN, Axis.MODEL), initial);
    }

    @Override
    public NDArray promptRows() {
        return tensors().get(ROWS);
    }

    @Override
    public String type() {
        return TYPE;
    }

    /** Every key that peft 0.21 writes; what has no meaning here has the value that it has there for Mamba. */
    @Override
    public Map<String, Object> config() {
        Shape shape = promptRows().getShape();
        Map<String, Object> fields = new TreeMap<>();
        fields.put("num_virtual_tokens", shape.get(0));
        fields.put("token_dim", shape.get(1));
        fields.put("num_layers", model.layers().size());
        fields.put("num_attention_heads", 1);
        fields.put("num_transformer_submodules", 1);
        fields.put("modules_to_save", null);
        fields.put("prompt_tuning_init", init);
        fields.put("prompt_tuning_init_text", text);
        fields.put("tokenizer_name_or_path", null);
        fields.put("tokenizer_kwargs", null);
        fields.put("peft_version", null);
        return fields;
    }

    @Override
    public boolean startsFromTheModel() {
        return false;
    }

    @Override
    public String whyNotMerged() {
        return "its rows stand in front of every sequence, which no weight of the model does; compile it into a"
                + " snapshot";
    }

    @Override
    public String whyNotCompiled() {
        return null;
    }
}
