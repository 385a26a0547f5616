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
import org.statecraft.model.Front;
import org.statecraft.model.Mixer;
import org.statecraft.model.Norms;
import org.statecraft.model.Scan;
import org.statecraft.model.mamba1.Mamba1Layer;
import org.statecraft.model.mamba1.Mamba1Shape;

/**
 * Mamba-1 as plain array code that reads like the equations of {@code docs/model.md} (Gu and Dao 2023, section 3). FalconMamba
 * differs by a weightless norm on δ, B and C.
 *
 * <p>The scan cuts the sequence into segments that advance side by side, token by token, from a state of zeros, and adds what
 * the state that enters each segment has left of itself. Only decays, never their inverses, are multiplied, so nothing
 * overflows.
 *
 * <p>Shapes: batch b, segments k, segment length t, channels e, state n.
 *
 * @param segment tokens of a segment
 */
record Mamba1Reference(Mamba1Layer layer, int segment) implements Mixer {

    @Override
    public NDArray project(NDArray residual) {
        NDArray normed = Norms.rms(residual, layer.config().layerNormEpsilon())
                .mul(layer.norm().value(residual.getManager()));
        return biased(layer.inProj().apply(normed), layer.inProjBias());
    }

    @Override
    public Front convolve(NDArray projected, NDArray convWindow, int[] lengths) {
        NDManager scope = projected.getManager();
        Mamba1Shape s = layer.shape();
        long batch = projected.getShape().get(0);
        long length = projected.getShape().get(1);
        NDList xAndZ = projected.split(new long[] {s.dInner()}, 2);
        NDArray columns = Ops.columns(xAndZ.get(0), convWindow, s.convKernel());
        NDArray x = Ops.convolution(columns, layer.conv(), layer.convBias());

        NDList parts = layer.xProj().apply(x).split(new long[] {s.dtRank(), s.dtRank() + s.state()}, 2);
        NDArray delta = Activation.softPlus(
                layer.dtProj().apply(normed(parts.get(0))).add(layer.dtBias().value(scope)));
        return new Front(
                xAndZ.get(1),
                x.expandDims(2),
                normed(parts.get(1)).reshape(batch, length, 1, s.state()),
                normed(parts.get(2)).reshape(batch, length, 1, s.state()),
                Ops.zeroAtPadding(delta, lengths),
                Ops.window(columns, s.convKernel(), lengths));
    }

    private NDArray normed(NDArray selection) {
        Double epsilon = layer.config().mixerRmsEpsilon();
        return epsilon == null ? selection : Norms.rms(selection, epsilon);
    }

    @Override
    public Scan scan(Front front, NDArray state) {
        NDManager scope = front.x().getManager();
        Mamba1Shape s = layer.shape();
        long b = front.x().getShape().get(0);
        long length = front.x().getShape().get(1);
        long k = (length + segment - 1) / segment;
        long t = (length + k - 1) / k;
        long e = s.dInner();
        long n = s.state();
        NDArray x = front.x().squeeze(2);
        NDArray delta = padded(front.delta(), k * t).reshape(b, k, t, e, 1);
        NDArray B = padded(front.B(), k * t).reshape(b, k, t, 1, n);
        NDArray C = padded(front.C(), k * t).reshape(b, k, t, n, 1);
        // h_j = exp(Δ_j A) h_{j-1} + (Δ_j x_j) B_j
        NDArray decay = delta.mul(A(scope)).exp();
        NDArray input =
                padded(x.mul(front.delta()), k * t).reshape(b, k, t, e, 1).mul(B);

        NDList decays = decay.split(t, 2);
        NDList inputs = input.split(t, 2);
        NDList local = new NDList();
        NDList remaining = new NDList();
        for (int j = 0; j < t; j++) {
            local.add(j == 0 ? inputs.get(0) : inputs.get(j).add(decays.get(j).mul(local.get(j - 1))));
            remaining.add(j == 0 ? decays.get(0) : decays.get(j).mul(remaining.get(j - 1)));
        }
        NDList entering = new NDList();
        NDArray carried = state == null ? scope.zeros(new Shape(b, e, n)) : state.reshape(b, e, n);
        for (int i = 0; i < k; i++) {
            entering.add(carried);
            NDIndex ith = new NDIndex().addAllDim().addIndices(i, 0);
            carried = local.get((int) t - 1)
                    .get(ith)
                    .add(remaining.get((int) t - 1).get(ith).mul(carried));
        }
        NDArray enters = NDArrays.stack(entering, 1).expandDims(2); // [b, k, 1, e, n]
        NDList outputs = new NDList();
        NDList readOut = C.split(t, 2);
        for (int j = 0; j < t; j++) {
            NDArray h = local.get(j).add(remaining.get(j).mul(enters));
            outputs.add(h.matMul(readOut.get(j))); // [b, k, 1, e, 1]
        }
        // not concat(), which cuts a single output off from the graph: see LayerState
        NDArray y = NDArrays.stack(outputs, 2).reshape(b, k * t, e);
        if (k * t > length) {
            y = y.get(new NDIndex().addAllDim().addSliceDim(0, length));
        }
        return scan(y, x, carried);
    }

    @Override
    public Scan step(Front front, NDArray state) {
        Mamba1Shape s = layer.shape();
        long b = front.x().getShape().get(0);
        NDArray x = front.x().squeeze(2);
        NDArray decay =
                front.delta().reshape(b, s.dInner(), 1).mul(A(x.getManager())).exp();
        NDArray input =
                x.mul(front.delta()).reshape(b, s.dInner(), 1).mul(front.B().reshape(b, 1, s.state()));
        NDArray next = input.addi(decay.mul(state.reshape(b, s.dInner(), s.state())));
        NDArray y = next.matMul(front.C().reshape(b, s.state(), 1)).reshape(b, 1, s.dInner());
        return scan(y, x, next);
    }

    /** Adds the skip {@code D·x} and gives both results the shapes of {@link Scan}. */
    private Scan scan(NDArray y, NDArray x, NDArray state) {
        NDArray withSkip = y.add(x.mul(layer.D().value(y.getManager())));
        return new Scan(withSkip.expandDims(2), state.expandDims(1));
    }

    private NDArray A(NDManager scope) {
        return layer.ALog().value(scope).exp().neg();
    }

    @Override
    public Back back(NDArray y, NDArray z) {
        NDArray gated = silu(z).mul(y.squeeze(2));
        return new Back(gated, biased(layer.outProj().apply(gated), layer.outProjBias()));
    }
}
