package org.statecraft.peft.compile;

import ai.djl.ndarray.NDManager;
import java.util.List;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Snapshot;
import org.statecraft.peft.TunableAdapter;

/**
 * Makes one snapshot of adapters that act on the start of sequences only: prompts, prefixes, initial states and windows.
 *
 * <p>A prompt or prefix reaches the tokens behind it through each layer's window and state and in no other way, because everything
 * runs from left to right. So sequences that start from the snapshot, without the adapters, get what they get with them, and nothing
 * is run for it again.
 */
public final class SnapshotCompiler {
    private SnapshotCompiler() {}

    /**
     * Runs the start of a sequence once.
     *
     * @param model with every adapter that acts on all tokens and stays beside the snapshot: what a prompt leaves depends on it
     * @param adapters in order, each made for the model with those before it; the result no longer needs them
     * @param origin what is compiled, for people
     * @return the start of sequences of {@code model}; to be closed by the caller, or with the model
     * @throws InputException when an adapter does more than start sequences
     */
    public static Snapshot compile(LanguageModel model, List<TunableAdapter> adapters, String origin) {
        LanguageModel adapted = model;
        for (TunableAdapter adapter : adapters) {
            requireStartOnly(adapter);
            adapted = adapted.with(adapter);
        }
        try (NDManager scope = model.newScope()) {
            return Snapshot.ofStart(model, adapted.initialState(scope), origin);
        }
    }

    private static void requireStartOnly(TunableAdapter adapter) {
        if (adapter.whyNotCompiled() != null) {
            throw new InputException("an adapter of type " + adapter.type()
                    + " does not become part of a snapshot: " + adapter.whyNotCompiled()
                    + "; leave it in the model, beside the snapshot");
        }
    }
}
