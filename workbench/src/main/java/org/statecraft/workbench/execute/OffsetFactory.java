package org.statecraft.workbench.execute;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.statecraft.model.LanguageModel;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.stateoffset.Placement;
import org.statecraft.peft.stateoffset.StateOffset;
import org.statecraft.peft.stateoffset.StateOffsetConfig;
import org.statecraft.peft.stateoffset.StateOffsetConfig.Form;
import org.statecraft.peft.train.GradientProbe;
import org.statecraft.workbench.recipe.StateOffsetSpec;

/**
 * Makes untrained state offsets. Where a budget decides their places, the choice depends on model, data and seed only, so a resumed
 * run makes it again; the trainer refuses to go on with another one.
 *
 * @param probes the gradient over so many batches of the training data
 * @param stop asked between them
 * @param notes hears what was chosen
 */
record OffsetFactory(IntFunction<GradientProbe> probes, BooleanSupplier stop, Consumer<String> notes) {
    private static final int PROBE_BATCHES = 8;

    StateOffset create(StateOffsetSpec spec, LanguageModel model, long seed) {
        LayerRange layers = spec.layers() == null ? LayerRange.ALL : new LayerRange(spec.layers());
        int reshape = spec.reshape() == null ? 1 : spec.reshape();
        int rank = spec.rank() == null ? 0 : spec.rank();
        StateOffsetConfig config = new StateOffsetConfig(spec.form(), rank, reshape, layers);
        return spec.budgetBytes() == null ? StateOffset.create(model, config, seed) : placed(spec, model, layers);
    }

    private StateOffset placed(StateOffsetSpec spec, LanguageModel model, LayerRange layers) {
        int batches = spec.probeBatches() == null ? PROBE_BATCHES : spec.probeBatches();
        try (NDManager scope = model.newScope();
                StateOffset whole = StateOffset.create(
                        model, StateOffsetConfig.of(Form.FULL).in(layers), 0)) {
            Map<String, NDArray> gradient = probes.apply(batches).of(scope, model, whole, stop);
            if (gradient == null) {
                throw new Cancelled();
            }
            StateOffset placed = StateOffset.placed(model, Placement.choose(model, gradient, spec.budgetBytes()));
            notes.accept("offsets are placed by the gradient of %d batches: %,d of %,d values, %,d bytes"
                    .formatted(
                            batches,
                            placed.parameterCount(),
                            whole.parameterCount(),
                            Float.BYTES * placed.parameterCount()));
            return placed;
        }
    }
}
