package org.statecraft.model;

import org.statecraft.model.testing.WrittenModel;

/**
 * FalconMamba in float64, one token after the other, as its equations stand in the transformers source: Mamba-1 whose δ, B and C
 * are divided by their root mean square before use. Shares no code with the kernels.
 */
final class FalconMambaLoop {
    private final WrittenModel model;
    private final int layers;
    private final int dModel;
    private final int dInner;
    private final int state;
    private final int rank;
    private final int tokens;

    FalconMambaLoop(WrittenModel model, int layers, int dModel, int dInner, int state, int rank, int tokens) {
        this.model = model;
        this.layers = layers;
        this.dModel = dModel;
        this.dInner = dInner;
        this.state = state;
        this.rank = rank;
        this.tokens = tokens;
    }

    /** Logits of every position, {@code [length][tokens]}. */
    double[][] logits(int[] ids) {
        double[][][] h = new double[layers][dInner][state];
        double[][][] window = new double[layers][4][dInner];
        float[] embedding = model.values("backbone.embeddings.weight");
        double[][] logits = new double[ids.length][];
        for (int t = 0; t < ids.length; t++) {
            double[] residual = new double[dModel];
            for (int d = 0; d < dModel; d++) {
                residual[d] = embedding[ids[t] * dModel + d];
            }
            for (int i = 0; i < layers; i++) {
                String layer = "backbone.layers." + i + ".";
                double[] mixed = mixer(layer + "mixer.", weighted(layer + "norm.weight", residual), h[i], window[i]);
                for (int d = 0; d < dModel; d++) {
                    residual[d] += mixed[d];
                }
            }
            logits[t] = times("backbone.embeddings.weight", tokens, weighted("backbone.norm_f.weight", residual));
        }
        return logits;
    }

    private double[] mixer(String name, double[] u, double[][] h, double[][] window) {
        double[] xz = times(name + "in_proj.weight", 2 * dInner, u);
        float[] taps = model.values(name + "conv1d.weight");
        float[] convBias = model.values(name + "conv1d.bias");
        double[] oldest = window[0];
        System.arraycopy(window, 1, window, 0, 3);
        System.arraycopy(xz, 0, oldest, 0, dInner);
        window[3] = oldest;
        double[] x = new double[dInner];
        for (int e = 0; e < dInner; e++) {
            double sum = convBias[e];
            for (int k = 0; k < 4; k++) {
                sum += taps[e * 4 + k] * window[k][e];
            }
            x[e] = silu(sum);
        }
        double[] selection = times(name + "x_proj.weight", rank + 2 * state, x);
        double[] delta = normed(selection, 0, rank, 1e-6);
        double[] B = normed(selection, rank, state, 1e-6);
        double[] C = normed(selection, rank + state, state, 1e-6);
        double[] steps = times(name + "dt_proj.weight", dInner, delta);
        float[] stepBias = model.values(name + "dt_proj.bias");
        float[] ALog = model.values(name + "A_log");
        float[] D = model.values(name + "D");
        double[] gated = new double[dInner];
        for (int e = 0; e < dInner; e++) {
            double step = Math.log1p(Math.exp(steps[e] + stepBias[e]));
            double y = D[e] * x[e];
            for (int n = 0; n < state; n++) {
                h[e][n] = Math.exp(-step * Math.exp(ALog[e * state + n])) * h[e][n] + step * x[e] * B[n];
                y += h[e][n] * C[n];
            }
            gated[e] = y * silu(xz[dInner + e]);
        }
        return times(name + "out_proj.weight", dModel, gated);
    }

    private double[] weighted(String name, double[] values) {
        double[] normed = normed(values, 0, values.length, 1e-5);
        float[] weight = model.values(name);
        for (int i = 0; i < normed.length; i++) {
            normed[i] *= weight[i];
        }
        return normed;
    }

    private static double[] normed(double[] values, int from, int count, double epsilon) {
        double squares = 0;
        for (int i = 0; i < count; i++) {
            squares += values[from + i] * values[from + i];
        }
        double[] normed = new double[count];
        for (int i = 0; i < count; i++) {
            normed[i] = values[from + i] / Math.sqrt(squares / count + epsilon);
        }
        return normed;
    }

    private double[] times(String name, int rows, double[] vector) {
        float[] matrix = model.values(name);
        double[] product = new double[rows];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < vector.length; c++) {
                product[r] += matrix[r * vector.length + c] * vector[c];
            }
        }
        return product;
    }

    private static double silu(double v) {
        return v / (1 + Math.exp(-v));
    }
}
