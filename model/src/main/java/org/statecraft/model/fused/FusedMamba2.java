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
import org.statecraft.model.mamba2.Mamba2Layer;
import org.statecraft.model.script.ScriptModule;

/**
 * A Mamba-2 layer run by the script {@code mamba2.py}.
 *
 * @param chunk tokens of a piece of the scan
 */
record FusedMamba2(Mamba2Layer layer, int chunk) implements Mixer {
    static final ScriptModule SCRIPT = ScriptModule.load("mamba2", "common", "linear");

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
        NDArray[] front = SCRIPT.call(
                scope,
                "front",
                projected,
                convWindow,
                lengths(scope, lengths),
                tensor(layer.conv(), scope),
                tensor(layer.convBias(), scope),
                tensor(layer.dtBias(), scope),
                layer.shape().heads(),
                layer.shape().groups(),
                lowerLimit(),
                upperLimit());
        return new Front(front[0], front[1], front[2], front[3], front[4], front[5]);
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
            NDArray[] back = SCRIPT.call(
                    scope,
                    "back",
                    y,
                    z,
                    tensor(layer.gatedNorm(), scope),
                    layer.outProj().tensors(),
                    tensor(layer.outProjBias(), scope),
                    layer.shape().groups(),
                    epsilon());
            return new Back(back[0], back[1]);
        }
        NDArray gated = SCRIPT.call(
                        scope,
                        "gate",
                        y,
                        z,
                        tensor(layer.gatedNorm(), scope),
                        layer.shape().groups(),
                        epsilon())[0];
        return new Back(gated, biased(layer.outProj().apply(gated), layer.outProjBias()));
    }

    @Override
    public Pass run(NDArray residual, LayerState from, int[] lengths) {
        boolean oneToken = from != null && residual.getShape().get(1) == 1;
        if (oneToken || !layer.inProj().isPlain() || !layer.outProj().isPlain()) {
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
                tensor(layer.dtBias(), scope),
                tensor(layer.ALog(), scope),
                tensor(layer.D(), scope),
                tensor(layer.gatedNorm(), scope),
                layer.outProj().tensors(),
                tensor(layer.outProjBias(), scope),
                layer.shape().groups(),
                chunk,
                lowerLimit(),
                upperLimit(),
                epsilon());
        return new Pass(pass[0], new LayerState(pass[1], pass[2]));
    }

    private double epsilon() {
        return layer.config().layerNormEpsilon();
    }

    private double lowerLimit() {
        return layer.config().timeStepLimit()[0];
    }

    private double upperLimit() {
        return layer.config().timeStepLimit()[1];
    }
}
