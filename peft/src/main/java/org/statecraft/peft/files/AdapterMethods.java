package org.statecraft.peft.files;

import java.util.Map;
import java.util.TreeSet;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.peft.StoredAdapter;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.bottleneck.Bottleneck;
import org.statecraft.peft.stateoffset.StateOffset;
import org.statecraft.peft.suffix.Suffix;

/** Which method reads which {@code peft_type}: a new method adds its line. */
final class AdapterMethods {
    private static final Map<String, Loader> LOADERS = Map.ofEntries(
            Map.entry(StateOffset.TYPE, StateOffset::load),
            Map.entry(Suffix.TYPE, Suffix::load),
            Map.entry(Bottleneck.TYPE, Bottleneck::load));

    private AdapterMethods() {}

    /** Makes an adapter of a folder that fits the model, or throws {@link InputException}. */
    @FunctionalInterface
    interface Loader {
        TunableAdapter load(LanguageModel model, StoredAdapter stored);
    }

    static TunableAdapter load(LanguageModel model, StoredAdapter stored) {
        String type = stored.config().path("peft_type").asText();
        Loader loader = LOADERS.get(type);
        if (loader == null) {
            throw new InputException(
                    stored.configFile() + ": peft_type is " + (type.isEmpty() ? "missing" : "'" + type + "'")
                            + "; supported now: " + String.join(", ", new TreeSet<>(LOADERS.keySet())));
        }
        return loader.load(model, stored);
    }
}
