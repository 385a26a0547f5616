package org.statecraft.model.testing;

/**
 * How far a float32 engine may be from the golden values: the "float32 engine" columns of {@code fixtures/models/README.md}
 * and {@code fixtures/peft/README.md}, and the values of {@code fixtures/eval/README.md}. Absolute, except the gradients.
 */
public final class Tolerances {
    public static final double LOGITS = 1e-4;

    /** Everything a layer hands over: {@code layer0.*}, {@code mixer_out} and {@code residual}. */
    public static final double SITES = 1e-4;

    /** Carried states and convolution windows, also those of a compiled snapshot. */
    public static final double STATES = 2e-5;

    public static final double LOSS = 1e-5;

    /** Times the largest absolute entry of the golden gradient of the same tensor. */
    public static final double GRADIENT_RELATIVE = 1e-4;

    /** Logits of {@code rslora_*} adapters, whose scale is twice that of the others. */
    public static final double RSLORA_LOGITS = 5e-4;

    /** As {@link #GRADIENT_RELATIVE}, for {@code rslora_*} adapters. */
    public static final double RSLORA_GRADIENT_RELATIVE = 5e-4;

    /** A base weight with the adapter folded in. */
    public static final double MERGED_WEIGHT = 1e-5;

    public static final double TRACE_LOSS = 1e-4;

    /** Parameters after the training trace: AdamW amplifies noise where the gradient is very small. */
    public static final double TRACE_PARAMETERS = 2e-3;

    /** Log-probability of one token: {@code fixtures/eval/README.md}, as the four below. */
    public static final double TOKEN_LOG_PROBABILITY = 2e-4;

    /** Relative, of perplexities, bits per byte and their standard errors. */
    public static final double PERPLEXITY_RELATIVE = 5e-4;

    /** Relative, of metrics computed from golden per-document values. */
    public static final double METRIC_RELATIVE = 1e-9;

    private static final double SUM = 1e-3;
    private static final double SUM_RELATIVE = 2e-5;

    /** Of a sum of log-probabilities near {@code sum}. */
    public static double logLikelihoodSum(double sum) {
        return SUM + SUM_RELATIVE * Math.abs(sum);
    }

    private Tolerances() {}
}
