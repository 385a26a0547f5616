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
import org.statecraft.model.ModelState;
import org.statecraft.model.Weight;
import org.statecraft.model.script.ScriptModule;

/**
 * Decodes with one call of the method {@code decode} of a script for each token. What adapters changed in the weights is folded
 * in when the decoder is made, {@link RowChanges} are handed to the script; plain matrices are used as they are.
 */
abstract class FusedDecoder implements Decoder {
    final NDManager manager;
    final NDArray embedding;
    final NDArray finalNorm;
    final List<NDArray> head;
    /** All parameters but the matrices, layer by layer, as the script orders them. */
    final List<NDArray> vectors = new ArrayList<>();
    /** {@code [batch, taps, channels]}, the last column free. */
    List<NDArray> windows;

    List<NDArray> states;
    private final ScriptModule script;
    private final RowChanges changes;
    private NDArray logits;
    /** What {@link #state} gave last. */
    private ModelState given;

    /** Takes over the manager. */
    FusedDecoder(ScriptModule script, LanguageModel model, NDManager manager, RowChanges changes, ModelState start) {
        this.script = script;
        this.manager = manager;
        this.changes = changes;
        this.embedding = folded(model.embedding());
        this.finalNorm = folded(model.finalNorm());
        this.head = matrix(model.head());
        setState(start);
    }

    /** Calls {@code decode}: logits of all rows; windows and states move on. */
    abstract NDArray decode(NDArray ids);

    /** The value of a parameter, which nobody trains while it is decoded with. */
    final NDArray folded(Weight weight) {
        try (NDManager scope = manager.newSubManager()) {
            return unrecorded(weight.tensor(scope));
        }
    }

    private NDArray unrecorded(NDArray array) {
        NDArray same = array.stopGradient();
        same.attach(manager);
        return same;
    }

    /** Empty for a bias that the layer does not have. */
    final NDArray foldedOrEmpty(Weight bias) {
        return bias == null ? manager.zeros(new Shape(0)) : folded(bias);
    }

    final List<NDArray> matrix(Weight weight) {
        Weight shared = weight.shared();
        return shared.isPlain()
                ? shared.tensors().stream().map(this::unrecorded).toList()
                : List.of(folded(shared));
    }

    final List<NDArray> changes() {
        return changes.tensors();
    }

    final List<NDArray> call(String method, Object... arguments) {
        return Arrays.asList(script.call(manager, method, arguments));
    }

    private void setState(ModelState state) {
        windows = new ArrayList<>();
        states = new ArrayList<>();
        for (LayerState layer : state.layers()) {
            try (NDArray window = layer.convWindow().stopGradient();
                    NDArray hidden = layer.state().stopGradient()) {
                windows.addAll(call("window_of", window));
                states.addAll(call("state_of", hidden));
            }
        }
    }

    @Override
    public final NDArray step(int[] tokens) {
        takeBack();
        if (logits != null) {
            logits.close();
        }
        try (NDArray ids = manager.create(Arrays.stream(tokens).asLongStream().toArray())) {
            logits = decode(ids);
        }
        return logits;
    }

    @Override
    public final void keep(int[] rows) {
        List<NDArray> old = new ArrayList<>(windows);
        old.addAll(states);
        try (ModelState kept = state().rows(rows);
                NDArray indices = manager.create(rows)) {
            setState(kept);
            changes.keep(indices);
        }
        takeBack();
        old.forEach(NDArray::close);
    }

    @Override
    public final ModelState state() {
        takeBack();
        List<LayerState> layers = new ArrayList<>();
        for (int i = 0; i < states.size(); i++) {
            NDArray state = states.get(i).duplicate();
            state.attach(manager);
            layers.add(new LayerState(call("window_from", windows.get(i)).get(0), state));
        }
        given = new ModelState(layers);
        return given;
    }

    private void takeBack() {
        if (given != null) {
            given.close();
            given = null;
        }
    }

    @Override
    public final void close() {
        manager.close();
    }
}
