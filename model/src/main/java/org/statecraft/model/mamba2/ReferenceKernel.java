package org.statecraft.model.mamba2;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import org.statecraft.model.Back;
import org.statecraft.model.Constants;
import org.statecraft.model.Front;
import org.statecraft.model.Kernel;
import org.statecraft.model.Scan;
import org.statecraft.model.Weight;

/**
 * Mamba-2 as plain array code that reads like the equations of {@code docs/model.md} (Dao and Gu 2024, sections 3 and 6).
 *
 * <p>The scan is the chunked form of state-space duality: inside a chunk of Q tokens the recurrence is a masked matrix
 * product, between chunks one state is carried. Sums of log-decays stay inside a chunk, differences are capped at 0 before
 * they are exponentiated, and the mask is applied before the exponential, so that no gradient meets 0·∞.
 *
 * <p>Shapes: batch b, chunks k, chunk length q, groups g, heads of a group r, head width p, state n.
 */
public final class ReferenceKernel implements Kernel {
    /** Near √(headDim·state), where the two kinds of temporaries of the scan take equal memory. */
    private static final int DEFAULT_CHUNK = 64;

    private final int chunk;

    public ReferenceKernel() {
        this(DEFAULT_CHUNK);
    }

    /** A kernel with another chunk length; results do not depend on it beyond rounding. */
    public ReferenceKernel(int chunk) {
        if (chunk < 1) {
            throw new IllegalArgumentException("chunk length " + chunk + " is not positive");
        }
        this.chunk = chunk;
    }

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public NDArray project(Mamba2Layer layer, NDArray residual) {
        NDManager scope = residual.getManager();
        NDArray normed = Norms.rms(residual, layer.config().layerNormEpsilon())
                .mul(layer.norm().value(scope));
        return biased(layer.inProj().apply(normed), layer.inProjBias());
    }

    @Override
    public Front convolve(Mamba2Layer layer, NDArray projected, NDArray convWindow, int[] lengths) {
        NDManager scope = projected.getManager();
        Mamba2Shape s = layer.shape();
        long batch = projected.getShape().get(0);
        long length = projected.getShape().get(1);
        NDList parts = projected.split(new long[] {s.dInner(), s.dInner() + s.convChannels()}, 2);

        NDArray before = convWindow == null
                ? scope.zeros(new Shape(batch, s.convKernel() - 1, s.convChannels()))
                : convWindow.swapAxes(1, 2);
        NDArray columns = before.concat(parts.get(1), 1);
        NDArray xBC = silu(causalConvolution(layer, columns, length));
        NDList xBandC = xBC.split(new long[] {s.dInner(), s.dInner() + s.groups() * s.state()}, 2);

        NDArray delta = Activation.softPlus(parts.get(2).add(layer.dtBias().value(scope)));
        delta = limited(delta, layer.config().timeStepLimit());
        if (lengths != null) {
            // a step of size 0 neither decays the state nor adds to it
            delta = delta.mul(realPositions(scope, lengths, length));
        }
        NDArray a = delta.mul(layer.ALog().value(scope).exp().neg());
        return new Front(
                parts.get(0),
                xBandC.get(0).reshape(batch, length, s.heads(), s.headDim()),
                xBandC.get(1).reshape(batch, length, s.groups(), s.state()),
                xBandC.get(2).reshape(batch, length, s.groups(), s.state()),
                delta,
                a,
                lastColumns(columns, length, s.convKernel() - 1, lengths));
    }

    private static NDArray limited(NDArray delta, double[] limit) {
        NDManager scope = delta.getManager();
        NDArray above = limit[0] > 0 ? NDArrays.maximum(delta, Constants.scalar(scope, limit[0])) : delta;
        return Double.isFinite(limit[1]) ? NDArrays.minimum(above, Constants.scalar(scope, limit[1])) : above;
    }

    /** Depthwise: {@code out[t] = bias + Σ_k weight[k]·columns[t + k]}, tap {@code convKernel - 1} is the current token. */
    private static NDArray causalConvolution(Mamba2Layer layer, NDArray columns, long length) {
        NDManager scope = columns.getManager();
        long taps = layer.shape().convKernel();
        NDArray weight = layer.conv().value(scope);
        NDArray byTap = weight.reshape(weight.getShape().get(0), taps).transpose();
        byTap.attach(scope);
        NDArray sum = null;
        for (long k = 0; k < taps; k++) {
            NDArray shifted = columns.get(new NDIndex().addAllDim().addSliceDim(k, k + length));
            NDArray term = shifted.mul(byTap.get(k));
            sum = sum == null ? term : sum.addi(term);
        }
        return layer.convBias() == null ? sum : sum.addi(layer.convBias().value(scope));
    }

    /** The window to carry on: for each row the columns up to its own last token. */
    private static NDArray lastColumns(NDArray columns, long length, long window, int[] lengths) {
        if (lengths == null) {
            return columns.get(new NDIndex().addAllDim().addSliceDim(length, length + window))
                    .swapAxes(1, 2);
        }
        NDList rows = new NDList();
        for (int b = 0; b < lengths.length; b++) {
            rows.add(columns.get(new NDIndex().addIndices(b).addSliceDim(lengths[b], lengths[b] + window)));
        }
        return NDArrays.stack(rows).swapAxes(1, 2);
    }

    private static NDArray realPositions(NDManager scope, int[] lengths, long length) {
        NDArray positions = scope.arange((int) length).reshape(1, length, 1);
        return positions.lt(scope.create(lengths).reshape(lengths.length, 1, 1)).toType(DataType.FLOAT32, false);
    }

    @Override
    public Scan scan(Mamba2Layer layer, Front front, NDArray state) {
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
        NDArray sums = padded(front.a(), k * q)
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
        return new Scan(y.add(skip(layer, front.x())), carried);
    }

    @Override
    public Scan step(Mamba2Layer layer, Front front, NDArray state) {
        Mamba2Shape s = layer.shape();
        long b = front.x().getShape().get(0);
        long g = s.groups();
        long channels = s.headsPerGroup() * s.headDim();
        NDArray xBar = front.x().mul(front.delta().expandDims(3)).reshape(b, g, channels, 1);
        NDArray added =
                xBar.matMul(front.B().reshape(b, g, 1, s.state())).reshape(b, s.heads(), s.headDim(), s.state());
        NDArray next = added.addi(front.a().exp().reshape(b, s.heads(), 1, 1).mul(state));
        NDArray y = next.reshape(b, g, channels, s.state())
                .matMul(front.C().reshape(b, g, s.state(), 1))
                .reshape(b, 1, s.heads(), s.headDim());
        return new Scan(y.add(skip(layer, front.x())), next);
    }

    @Override
    public Back back(Mamba2Layer layer, NDArray y, NDArray z) {
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
    private static NDArray skip(Mamba2Layer layer, NDArray x) {
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

    private static NDArray padded(NDArray array, long length) {
        long missing = length - array.getShape().get(1);
        if (missing == 0) {
            return array;
        }
        long[] shape = array.getShape().getShape().clone();
        shape[1] = missing;
        return array.concat(array.getManager().zeros(new Shape(shape)), 1);
    }

    private static NDArray silu(NDArray x) {
        return Activation.sigmoid(x).mul(x);
    }

    private static NDArray biased(NDArray y, Weight bias) {
        return bias == null ? y : y.add(bias.value(y.getManager()));
    }
}
