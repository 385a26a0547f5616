package org.statecraft.peft;

import java.util.Map;
import org.statecraft.model.Weight;
import org.statecraft.model.WeightChange;

/** A method that is one change of some weights and nothing else, so it merges into them. */
public abstract class WeightAdapter extends TensorAdapter {
    private final Map<String, WeightChange> changes;

    /**
     * An adapter over its tensors.
     *
     * @param changes by the parameter's full name in the Hugging Face layout
     */
    protected WeightAdapter(Tensors tensors, Map<String, WeightChange> changes) {
        super(tensors);
        this.changes = Map.copyOf(changes);
    }

    @Override
    public final Weight weight(String name, Weight weight) {
        WeightChange change = changes.get(name);
        return change == null ? weight : weight.with(change);
    }
}
