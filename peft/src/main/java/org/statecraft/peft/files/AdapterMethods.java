package org.statecraft.peft.files;

import java.util.Map;
import java.util.TreeSet;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.peft.StoredAdapter;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.additionalscan.AdditionalScan;
import org.statecraft.peft.bitfit.BitFit;
import org.statecraft.peft.bottleneck.Bottleneck;
import org.statecraft.peft.full.Full;
import org.statecraft.peft.initialstate.InitialState;
import org.statecraft.peft.lora.Lora;
import org.statecraft.peft.prefix.Prefix;
import org.statecraft.peft.prompt.Prompt;
import org.statecraft.peft.sparse.Sparse;
import org.statecraft.peft.stateoffset.StateOffset;
import org.statecraft.peft.suffix.Suffix;

/** Which method reads which {@code peft_type}: a new method adds its line. */
final class AdapterMethods {
    private static final Map<String, Loader> LOADERS = Map.ofEntries(
            Map.entry(AdditionalScan.TYPE, AdditionalScan::load),
            Map.entry(BitFit.TYPE, BitFit::load),
            Map.entry(Full.TYPE, Full::load),
            Map.entry(InitialState.TYPE, InitialState::load),
            Map.entry(Lora.TYPE, Lora::load),
            Map.entry(Prompt.TYPE, Prompt::load),
            Map.entry(Prefix.TYPE, Prefix::load),
            Map.entry(Sparse.TYPE, Sparse::load),
            Map.entry(StateOffset.TYPE, StateOffset::load),
            Map.entry(Suffix.TYPE, Suffix::load),
            Map.entry(Bottleneck.TYPE, Bottleneck::load));

    /** Methods of Hugging Face peft that mean nothing here, and why. */
    private static final Map<String, String> REFUSED = Map.of(
            "PREFIX_TUNING",
            "it holds keys and values of attention, which this model does not have; a prefix for it has the peft_type "
                    + Prefix.TYPE + ", and a recipe trains one with type: prefix");

    private AdapterMethods() {}

    /** Makes an adapter of a folder that fits the model, or throws {@link InputException}. */
    @FunctionalInterface
    interface Loader {
        TunableAdapter load(LanguageModel model, StoredAdapter stored);
    }

    static TunableAdapter load(LanguageModel model, StoredAdapter stored) {
        String type = stored.config().path("peft_type").asText();
        if (REFUSED.containsKey(type)) {
            throw new InputException(stored.configFile() + ": peft_type is '" + type + "': " + REFUSED.get(type));
        }
        Loader loader = LOADERS.get(type);
        if (loader == null) {
            throw new InputException(
                    stored.configFile() + ": peft_type is " + (type.isEmpty() ? "missing" : "'" + type + "'")
                            + "; supported now: " + String.join(", ", new TreeSet<>(LOADERS.keySet())));
        }
        return loader.load(model, stored);
    }
}
