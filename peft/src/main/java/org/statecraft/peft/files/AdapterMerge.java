package org.statecraft.peft.files;

import org.statecraft.model.Adapter;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.peft.TunableAdapter;

/** Which models can be merged with their adapters; {@link org.statecraft.model.MergedModel} does it. */
public final class AdapterMerge {
    private AdapterMerge() {}

    /**
     * Makes sure that everything adapters changed is in the weights.
     *
     * @throws InputException naming the method and its reason, or where there is no adapter
     */
    public static void requireMergeable(LanguageModel model) {
        if (model.adapters().isEmpty()) {
            throw new InputException("the model has no adapter, so there is nothing to merge");
        }
        for (Adapter adapter : model.adapters()) {
            if (!(adapter instanceof TunableAdapter tunable)) {
                throw new InputException("the model starts from a stored state, which no weight holds");
            }
            if (tunable.whyNotMerged() != null) {
                throw new InputException("the adapter of type " + tunable.type() + " cannot be merged: "
                        + tunable.whyNotMerged() + "; use it as an adapter");
            }
        }
    }
}
