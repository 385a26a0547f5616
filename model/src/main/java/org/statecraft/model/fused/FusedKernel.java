package org.statecraft.model.fused;

import ai.djl.ndarray.NDManager;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.statecraft.model.Decoder;
import org.statecraft.model.Kernel;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Layer;
import org.statecraft.model.Mixer;
import org.statecraft.model.ModelState;
import org.statecraft.model.Weight;
import org.statecraft.model.mamba1.Mamba1Layer;
import org.statecraft.model.mamba2.Mamba2Layer;

/**
 * Layers as methods of TorchScript modules that the project wrote: one call for a stage, or for a whole layer, instead of one
 * for each array operation.
 */
public final class FusedKernel implements Kernel {
    /** Near √(headDim·state), where the two kinds of temporaries of the scan of Mamba-2 take equal memory. */
    private static final int DEFAULT_CHUNK = 64;

    private final int chunk;

    public FusedKernel() {
        this(DEFAULT_CHUNK);
    }

    /** A kernel with another length of the pieces into which a scan cuts a sequence; results do not depend on it beyond rounding. */
    public FusedKernel(int chunk) {
        if (chunk < 1) {
            throw new IllegalArgumentException("chunk length " + chunk + " is not positive");
        }
        this.chunk = chunk;
    }

    @Override
    public String name() {
        return "fused";
    }

    @Override
    public Decoder decoder(LanguageModel model, ModelState start) {
        NDManager owner = model.newScope();
        long batch = start.layers().get(0).state().getShape().get(0);
        RowChanges changes = foldable(model) && storedAlike(model) ? RowChanges.of(model, batch, owner) : null;
        if (changes == null) {
            // what adapters do is code that no script can call
            owner.close();
            return Kernel.super.decoder(model, start);
        }
        return model.layers().get(0) instanceof Mamba1Layer
                ? new Mamba1Decoder(model, owner, changes, start)
                : new Mamba2Decoder(model, owner, changes, start);
    }

    /** True where all that adapters change in the weights can be folded into them, or be handed to the script as factors. */
    private static boolean foldable(LanguageModel model) {
        Set<Weight> maps = new HashSet<>();
        model.layers().forEach(layer -> maps.addAll(RowChanges.linearMaps(layer)));
        return model.head().hasValue()
                && model.parameters().values().stream()
                        .allMatch(weight ->
                                maps.contains(weight) ? weight.shared().hasValue() : weight.hasValue());
    }

    /** True where each matrix is made of equally many tensors in every layer, as the scripts want them. */
    private static boolean storedAlike(LanguageModel model) {
        Map<String, Integer> tensors = new HashMap<>();
        return model.layers().stream().allMatch(layer -> {
            boolean[] alike = {true};
            layer.map((name, weight) -> {
                int count = weight.shared().isPlain() ? weight.tensors().size() : 1;
                alike[0] &= tensors.merge(name, count, (first, other) -> first) == count;
                return weight;
            });
            return alike[0];
        });
    }

    @Override
    public Mixer mixer(Layer layer) {
        if (layer instanceof Mamba1Layer mamba1) {
            return new FusedMamba1(mamba1, chunk);
        }
        return new FusedMamba2((Mamba2Layer) layer, chunk);
    }
}
