package org.statecraft.model;

/** How a model folder names its files, keys and tensors. */
public enum Layout {
    /** {@code config.json} with {@code model_type}, as transformers writes it. */
    HUGGING_FACE("Hugging Face"),
    /** {@code config.json} with {@code d_model}, as mamba_ssm writes it. */
    STATE_SPACES("state-spaces"),
    /** {@code params.json} and {@code consolidated.safetensors}. */
    CODESTRAL("Codestral");

    private final String title;

    Layout(String title) {
        this.title = title;
    }

    /** The name for people. */
    public String title() {
        return title;
    }
}
