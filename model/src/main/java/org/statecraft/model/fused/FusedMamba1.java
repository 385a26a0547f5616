package org.statecraft.model.fused;

import static org.statecraft.model.fused.Scripts.biased;
import static org.statecraft.model.fused.Scripts.lengths;
import static org.statecraft.model.fused.Scripts.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.statecraft.model.Back;
import org.statecraft.model.Front;
import org.statecraft.model.LayerState;
import org.statecraft.model.Mixer;
import org.statecraft.model.Scan;
import org.statecraft.model.mamba1.Mamba1Layer;
import org.statecraft.model.script.ScriptModule;

/**
 * A Mamba-1 or FalconMamba layer run by the script {@code mamba1.py}.
 *
 * @param chunk most tokens of a piece of the scan
 */
record FusedMamba1(Mamba1Layer layer, int chunk) implements Mixer {
    static final ScriptModule SCRIPT = ScriptModule.load("mamba1", "common", "linear");

    @Override
    public NDArray project(NDArray residual) {
        NDManager scope = residual.getManager();
        if (layer.inProj().isPlain()) {
            return SCRIPT.call(
                            scope,
                            "project",
                            residual,
                            tensor(layer.norm(), scope),
                            layer.inProj().tensors(),
                            tensor(layer.inProjBias(), scope),
                            epsilon())[0];
        }
        NDArray normed = SCRIPT.call(scope, "normed", residual, tensor(layer.norm(), scope), epsilon())[0];
        return biased(layer.inProj().apply(normed), layer.inProjBias());
    }

    @Override
    public Front convolve(NDArray projected, NDArray convWindow, int[] lengths) {
        NDManager scope = projected.getManager();
        NDArray rows = lengths(scope, lengths);
        if (layer.xProj().isPlain() && layer.dtProj().isPlain()) {
            NDArray[] front = SCRIPT.call(
                    scope,
                    "front",
                    projected,
                    convWindow,
                    rows,
                    tensor(layer.conv(), scope),
                    tensor(layer.convBias(), scope),
                    layer.xProj().tensors(),
                    layer.dtProj().tensors(),
                    tensor(layer.dtBias(), scope),
                    layer.shape().dtRank(),
                    layer.config().mixerRmsEpsilon());
            return new Front(front[0], front[1], front[2], front[3], front[4], front[5]);
        }
        NDArray[] convolution = SCRIPT.call(
                scope,
                "convolution",
                projected,
                convWindow,
                rows,
                tensor(layer.conv(), scope),
                tensor(layer.convBias(), scope));
        NDArray x = convolution[1];
        NDArray[] selection = SCRIPT.call(
                scope,
                "selection",
                layer.xProj().apply(x),
                layer.shape().dtRank(),
                layer.config().mixerRmsEpsilon());
        NDArray delta =
                SCRIPT.call(scope, "delta", layer.dtProj().apply(selection[0]), tensor(layer.dtBias(), scope), rows)[0];
        return new Front(convolution[0], x.expandDims(2), selection[1], selection[2], delta, convolution[2]);
    }

    @Override
    public Scan scan(Front front, NDArray state) {
        return Scripts.scan(SCRIPT, "scan", front, layer.ALog(), layer.D(), state, chunk);
    }

    @Override
    public Scan step(Front front, NDArray state) {
        return Scripts.scan(SCRIPT, "step", front, layer.ALog(), layer.D(), state);
    }

    @Override
    public Back back(NDArray y, NDArray z) {
        NDManager scope = y.getManager();
        if (layer.outProj().isPlain()) {
            NDArray[] back =
                    SCRIPT.call(scope, "back", y, z, layer.outProj().tensors(), tensor(layer.outProjBias(), scope));
            return new Back(back[0], back[1]);
        }
        NDArray gated = SCRIPT.call(scope, "gate", y, z)[0];
        return new Back(gated, biased(layer.outProj().apply(gated), layer.outProjBias()));
    }

    @Override
    public Pass run(NDArray residual, LayerState from, int[] lengths) {
        boolean oneToken = from != null && residual.getShape().get(1) == 1;
        if (oneToken || !isPlain()) {
            return Mixer.super.run(residual, from, lengths);
        }
        NDManager scope = residual.getManager();
        NDArray[] pass = SCRIPT.call(
                scope,
                "layer",
                residual,
                from == null ? null : from.convWindow(),
                from == null ? null : from.state(),
                lengths(scope, lengths),
                tensor(layer.norm(), scope),
                layer.inProj().tensors(),
                tensor(layer.inProjBias(), scope),
                tensor(layer.conv(), scope),
                tensor(layer.convBias(), scope),
                layer.xProj().tensors(),
                layer.dtProj().tensors(),
                tensor(layer.dtBias(), scope),
                tensor(layer.ALog(), scope),
                tensor(layer.D(), scope),
                layer.outProj().tensors(),
                tensor(layer.outProjBias(), scope),
                layer.shape().dtRank(),
                chunk,
                epsilon(),
                layer.config().mixerRmsEpsilon());
        return new Pass(pass[0], new LayerState(pass[1], pass[2]));
    }

    /** Whether every linear map is its stored parameter. */
    private boolean isPlain() {
        return layer.inProj().isPlain()
                && layer.xProj().isPlain()
                && layer.dtProj().isPlain()
                && layer.outProj().isPlain();
    }

    private double epsilon() {
        return layer.config().layerNormEpsilon();
    }
}
