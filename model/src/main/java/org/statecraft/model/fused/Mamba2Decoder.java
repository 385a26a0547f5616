package org.statecraft.model.fused;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.statecraft.model.Decoder;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LayerState;
import org.statecraft.model.ModelConfig;
import org.statecraft.model.ModelState;
import org.statecraft.model.Weight;
import org.statecraft.model.mamba2.Mamba2Config;
import org.statecraft.model.mamba2.Mamba2Layer;

/**
 * Decodes a Mamba-2 model with one call of {@code decode} in {@code mamba2.py} for each token. What adapters changed in the
 * weights is folded in when the decoder is made; plain matrices are used as they are.
 */
final class Mamba2Decoder implements Decoder {
    private final NDManager manager;
    private final ModelConfig config;
    private final long groups;
    private final NDArray embedding;
    private final NDArray finalNorm;
    private final List<NDArray> head;
    private final List<NDArray> inProj = new ArrayList<>();
    private final List<NDArray> outProj = new ArrayList<>();
    private final List<NDArray> vectors = new ArrayList<>();
    /** As the script wants them: {@code [batch, taps, channels]}, the last column free. */
    private List<NDArray> windows;

    private List<NDArray> states;
    private NDArray logits;

    Mamba2Decoder(LanguageModel model, ModelState start) {
        this.manager = model.newScope();
        this.config = model.config();
        this.groups = model.layers().get(0).shape().groups();
        this.embedding = folded(model.embedding());
        this.finalNorm = folded(model.finalNorm());
        this.head = matrix(model.head());
        model.layers().forEach(layer -> add((Mamba2Layer) layer));
        setState(start);
    }

    private void add(Mamba2Layer layer) {
        inProj.addAll(matrix(layer.inProj()));
        outProj.addAll(matrix(layer.outProj()));
        vectors.add(folded(layer.norm()));
        long heads = layer.shape().heads();
        List<NDArray> rates = call(
                "fold",
                layer.conv().tensor(manager),
                layer.convBias() == null ? null : layer.convBias().tensor(manager),
                layer.ALog().tensor(manager),
                layer.D().tensor(manager),
                heads);
        vectors.add(rates.get(0));
        vectors.add(rates.get(1));
        vectors.add(folded(layer.dtBias()));
        vectors.add(rates.get(2));
        vectors.add(rates.get(3));
        vectors.add(folded(layer.gatedNorm()));
        vectors.add(layer.inProjBias() == null ? manager.zeros(new Shape(0)) : folded(layer.inProjBias()));
        vectors.add(layer.outProjBias() == null ? manager.zeros(new Shape(0)) : folded(layer.outProjBias()));
    }

    /** The value of a parameter, which nobody trains while it is decoded. */
    private NDArray folded(Weight weight) {
        NDArray value = weight.tensor(manager).stopGradient();
        value.attach(manager);
        return value;
    }

    private List<NDArray> matrix(Weight weight) {
        return weight.isPlain() ? weight.tensors() : List.of(folded(weight));
    }

    private List<NDArray> call(String method, Object... arguments) {
        return Arrays.asList(FusedMamba2.SCRIPT.call(manager, method, arguments));
    }

    private void setState(ModelState state) {
        windows = new ArrayList<>();
        states = new ArrayList<>();
        for (LayerState layer : state.layers()) {
            windows.addAll(call("window_of", layer.convWindow()));
            NDArray copy = layer.state().duplicate();
            copy.attach(manager);
            states.add(copy);
        }
    }

    @Override
    public NDArray step(int[] tokens) {
        if (logits != null) {
            logits.close();
        }
        double[] limit = ((Mamba2Config) config).timeStepLimit();
        try (NDArray ids = manager.create(Arrays.stream(tokens).asLongStream().toArray())) {
            logits = call(
                            "decode",
                            ids,
                            embedding,
                            inProj,
                            outProj,
                            vectors,
                            windows,
                            states,
                            finalNorm,
                            head,
                            groups,
                            limit[0],
                            limit[1],
                            config.layerNormEpsilon())
                    .get(0);
        }
        return logits;
    }

    @Override
    public void keep(int[] rows) {
        try (ModelState all = state()) {
            List<NDArray> old = new ArrayList<>(windows);
            old.addAll(states);
            try (ModelState kept = all.rows(rows)) {
                setState(kept);
            }
            old.forEach(NDArray::close);
        }
    }

    @Override
    public ModelState state() {
        List<LayerState> layers = new ArrayList<>();
        for (int i = 0; i < states.size(); i++) {
            NDArray state = states.get(i).duplicate();
            state.attach(manager);
            layers.add(new LayerState(call("window_from", windows.get(i)).get(0), state));
        }
        return new ModelState(layers);
    }

    @Override
    public void close() {
        manager.close();
    }
}
