package org.statecraft.model.reference;

import static org.statecraft.model.reference.Ops.biased;
import static org.statecraft.model.reference.Ops.padded;
import static org.statecraft.model.reference.Ops.silu;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import org.statecraft.model.Back;
import org.statecraft.model.Constants;
import org.statecraft.model.Front;
import org.statecraft.model.Mixer;
import org.statecraft.model.Norms;
import org.statecraft.model.Scan;
import org.statecraft.model.mamba2.Mamba2Layer;
import org.statecraft.model.mamba2.Mamba2Shape;

/**
 * Mamba-2 as plain array code that reads like the equations of {@code docs/model.md} (Dao and Gu 2024, sections 3 and 6).
 *
 * <p>The scan is the chunked form of state-space duality: inside a chunk of Q tokens the recurrence is a masked matrix
 * product, between chunks one state is carried. Sums of log-decays stay inside a chunk, differences are capped at 0 before
 * they are exponentiated, and the mask is applied before the exponential, so that no gradient meets 0·∞.
 *
 * <p>Shapes: batch b, chunks k, chunk length q, groups g, heads of a group r, head width p, state n.
 */
record Mamba2Reference(Mamba2Layer layer, int chunk) implements Mixer {

    @Override
    public NDArray project(NDArray residual) {
        NDManager scope = residual.getManager();
        NDArray normed = Norms.rms(residual, layer.config().layerNormEpsilon())
                .mul(layer.norm().value(scope));
        return biased(layer.inProj().apply(normed), layer.inProjBias());
    }

    @Override
    public Front convolve(NDArray projected, NDArray convWindow, int[] lengths) {
        NDManager scope = projected.getManager();
        Mamba2Shape s = layer.shape();
        long batch = projected.getShape().get(0);
        long length = projected.getShape().get(1);
        NDList parts = projected.split(new long[] {s.dInner(), s.dInner() + s.convChannels()}, 2);

        NDArray columns = Ops.columns(parts.get(1), convWindow, s.convKernel());
        NDArray xBC = Ops.convolution(columns, layer.conv(), layer.convBias());
        NDList xBandC = xBC.split(new long[] {s.dInner(), s.dInner() + s.groups() * s.state()}, 2);

        NDArray delta = Activation.softPlus(parts.get(2).add(layer.dtBias().value(scope)));
        delta = limited(delta, layer.config().timeStepLimit());
        delta = Ops.zeroAtPadding(delta, lengths);
        return new Front(
                parts.get(0),
                xBandC.get(0).reshape(batch, length, s.heads(), s.headDim()),
                xBandC.get(1).reshape(batch, length, s.groups(), s.state()),
                xBandC.get(2).reshape(batch, length, s.groups(), s.state()),
                delta,
                Ops.window(columns, s.convKernel(), lengths));
    }

    /** Log-decays {@code Δ·A ≤ 0} with {@code A = -exp(A_log)}, {@code [batch, length, heads]}. */
    private NDArray decays(NDArray delta) {
        return delta.mul(layer.ALog().value(delta.getManager()).exp().neg());
    }

    private static NDArray limited(NDArray delta, double[] limit) {
        NDManager scope = delta.getManager();
        NDArray above = limit[0] > 0 ? NDArrays.maximum(delta, Constants.scalar(scope, limit[0])) : delta;
        return Double.isFinite(limit[1]) ? NDArrays.minimum(above, Constants.scalar(scope, limit[1])) : above;
    }

    @Override
    public Scan scan(Front front, NDArray state) {
        NDManager scope = front.x().getManager();
        Mamba2Shape s = layer.shape();
        long b = front.x().getShape().get(0);
        long length = front.x().getShape().get(1);
        // as many chunks as needed, as even as possible: little padding
        long k = (length + chunk - 1) / chunk;
        long q = (length + k - 1) / k;
        long g = s.groups();
        long r = s.headsPerGroup();
        long p = s.headDim();
        long n = s.state();

        NDArray xBar = padded(front.x().mul(front.delta().expandDims(3)), k * q).reshape(b, k, q, s.heads(), p);
        NDArray B = padded(front.B(), k * q).reshape(b, k, q, g, n).transpose(0, 1, 3, 2, 4);
        NDArray C = padded(front.C(), k * q).reshape(b, k, q, g, n).transpose(0, 1, 3, 2, 4);
        NDArray sums = padded(decays(front.delta()), k * q)
                .reshape(b, k, q, s.heads())
                .transpose(0, 1, 3, 2)
                .cumSum(3); // [b, k, h, q]

        // inside the chunks: y_i = Σ_{j≤i} exp(s_i - s_j) (C_i·B_j) Δ_j x_j
        NDArray decay = NDArrays.minimum(sums.expandDims(4).sub(sums.expandDims(3)), causalCap(scope, q))
                .exp();
        NDArray CB = C.matMul(B.transpose(0, 1, 2, 4, 3)); // [b, k, g, q, q]
        NDArray mixing = decay.reshape(b, k, g, r, q, q).mul(CB.expandDims(3)).reshape(b, k, s.heads(), q, q);
        NDArray inside = mixing.matMul(xBar.transpose(0, 1, 3, 2, 4)); // [b, k, h, q, p]

        // what each chunk adds to the state, and the state that enters each chunk
        NDArray total = sums.get(new NDIndex("..., -1:")); // [b, k, h, 1]
        // exp(min(total - s, 0)), the minimum written without a plain number: see Constants
        NDArray toEnd = Activation.relu(sums.sub(total)).neg().exp().transpose(0, 1, 3, 2); // [b, k, q, h]
        NDArray added = xBar.mul(toEnd.expandDims(4))
                .reshape(b, k, q, g, r * p)
                .transpose(0, 1, 3, 4, 2)
                .matMul(B)
                .reshape(b, k, s.heads(), p, n);
        NDArray chunkDecay = total.exp().expandDims(4); // [b, k, h, 1, 1]
        NDList entering = new NDList();
        NDArray carried = state == null ? scope.zeros(new Shape(b, s.heads(), p, n)) : state;
        NDList addedByChunk = added.split(k, 1);
        NDList decayByChunk = chunkDecay.split(k, 1);
        for (int i = 0; i < k; i++) {
            entering.add(carried);
            carried = addedByChunk
                    .get(i)
                    .squeeze(1)
                    .add(decayByChunk.get(i).squeeze(1).mul(carried));
        }

        // what the entering state contributes: y_i += exp(s_i) C_i·h
        NDArray states = NDArrays.stack(entering, 1).reshape(b, k, g, r * p, n);
        NDArray across = C.matMul(states.transpose(0, 1, 2, 4, 3)) // [b, k, g, q, rp]
                .transpose(0, 1, 3, 2, 4)
                .reshape(b, k, q, s.heads(), p)
                .mul(sums.exp().transpose(0, 1, 3, 2).expandDims(4));
        NDArray y = across.add(inside.transpose(0, 1, 3, 2, 4)).reshape(b, k * q, s.heads(), p);
        if (k * q > length) {
            y = y.get(new NDIndex().addAllDim().addSliceDim(0, length));
        }
        return new Scan(y.add(skip(front.x())), carried);
    }

    @Override
    public Scan step(Front front, NDArray state) {
        Mamba2Shape s = layer.shape();
        long b = front.x().getShape().get(0);
        long g = s.groups();
        long channels = s.headsPerGroup() * s.headDim();
        NDArray xBar = front.x().mul(front.delta().expandDims(3)).reshape(b, g, channels, 1);
        NDArray added =
                xBar.matMul(front.B().reshape(b, g, 1, s.state())).reshape(b, s.heads(), s.headDim(), s.state());
        NDArray next = added.addi(
                decays(front.delta()).exp().reshape(b, s.heads(), 1, 1).mul(state));
        NDArray y = next.reshape(b, g, channels, s.state())
                .matMul(front.C().reshape(b, g, s.state(), 1))
                .reshape(b, 1, s.heads(), s.headDim());
        return new Scan(y.add(skip(front.x())), next);
    }

    @Override
    public Back back(NDArray y, NDArray z) {
        NDManager scope = y.getManager();
        Mamba2Shape s = layer.shape();
        long b = y.getShape().get(0);
        long length = y.getShape().get(1);
        NDArray gated = silu(z).mul(y.reshape(b, length, s.dInner()));
        NDArray normed = Norms.rms(
                        gated.reshape(b, length, s.groups(), s.dInner() / s.groups()),
                        layer.config().layerNormEpsilon())
                .reshape(b, length, s.dInner())
                .mul(layer.gatedNorm().value(scope));
        return new Back(normed, biased(layer.outProj().apply(normed), layer.outProjBias()));
    }

    /** {@code D·x}, with D for each head or for each channel. */
    private NDArray skip(NDArray x) {
        NDManager scope = x.getManager();
        NDArray D = layer.D().value(scope);
        long heads = layer.shape().heads();
        return x.mul(D.reshape(heads, D.size() / heads));
    }

    /** 0 where j ≤ i, −∞ above: the minimum with it caps rounding errors and masks the future at once. */
    private static NDArray causalCap(NDManager scope, long q) {
        float[] cap = new float[(int) (q * q)];
        for (int i = 0; i < q; i++) {
            for (int j = i + 1; j < q; j++) {
                cap[i * (int) q + j] = Float.NEGATIVE_INFINITY;
            }
        }
        return Constants.array(scope, cap, new Shape(q, q));
    }
}
