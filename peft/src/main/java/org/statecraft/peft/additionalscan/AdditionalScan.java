package org.statecraft.peft.additionalscan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.WeightChange;
import org.statecraft.model.mamba1.Mamba1Layer;
import org.statecraft.peft.StoredAdapter;
import org.statecraft.peft.StoredSelection;
import org.statecraft.peft.TensorSpec;
import org.statecraft.peft.Tensors;
import org.statecraft.peft.WeightAdapter;

/**
 * Additional-scan: m further columns of the state, of which all parameters are trained, beside the frozen ones. With it the model is
 * one of a larger N, in training, decoding and stored states alike.
 *
 * <pre>
 * Mamba-1: A_log [dInner, m] copies of the last column; x_proj rows B random, C 0        3·dInner·m a layer
 * Mamba-2: for each group in_proj rows and conv channels B random, C 0; A is shared   G·m·2·(dModel + K + 1) a layer
 * </pre>
 *
 * Nothing is read out of the new columns at first, so an untrained adapter changes nothing. In Mamba-2 this takes a bias of 0 in
 * the convolution of C as well, whose taps start at random values, as their product with the rows of C must not be flat in both.
 *
 * <p>Source: Yoshimura et al. 2024 (arXiv 2411.03855), with rows of C at 0; for Mamba-2 it follows from the equations.
 */
public final class AdditionalScan extends WeightAdapter {
    /** {@code peft_type} of stored adapters. */
    public static final String TYPE = "ADDITIONAL_SCAN";

    private static final String COLUMNS = "columns";

    private final AdditionalScanConfig config;
    private final List<WiderLayer> wider;
    private final boolean inAllLayers;

    private AdditionalScan(Tensors tensors, AdditionalScanConfig config, List<WiderLayer> wider, boolean inAllLayers) {
        super(tensors, changes(tensors, wider));
        this.config = config;
        this.wider = wider;
        this.inAllLayers = inAllLayers;
    }

    private static Map<String, WeightChange> changes(Tensors tensors, List<WiderLayer> wider) {
        Map<String, WeightChange> changes = new LinkedHashMap<>();
        wider.forEach(layer -> changes.putAll(layer.changes(tensors::get)));
        return changes;
    }

    /**
     * An untrained adapter.
     *
     * @param seed decides the rows of B
     * @throws InputException for FalconMamba, whose norm over the state's columns forbids further ones
     */
    public static AdditionalScan create(LanguageModel model, AdditionalScanConfig config, long seed) {
        List<WiderLayer> wider = wider(model, config);
        return new AdditionalScan(Tensors.create(model, specs(wider), seed), config, wider, all(model, wider));
    }

    /**
     * An adapter from its folder.
     *
     * @throws InputException when it does not fit the model; every problem is named
     */
    public static AdditionalScan load(LanguageModel model, StoredAdapter stored) {
        AdditionalScanConfig config;
        try {
            config = new AdditionalScanConfig(stored.config().path(COLUMNS).asInt(), StoredSelection.layers(stored));
        } catch (InputException e) {
            throw new InputException(stored.configFile() + ": " + e.getMessage(), e);
        }
        List<WiderLayer> wider = wider(model, config);
        return new AdditionalScan(Tensors.load(model, stored, specs(wider)), config, wider, all(model, wider));
    }

    private static List<WiderLayer> wider(LanguageModel model, AdditionalScanConfig config) {
        if (model.layers().get(0) instanceof Mamba1Layer layer && layer.config().mixerRmsEpsilon() != null) {
            throw new InputException(
                    "additional-scan does not fit " + model.config().architecture()
                            + ": it normalizes B and C over all columns of the state, so further columns change the"
                            + " others; use another method, as state-offset");
        }
        return config.layers().in(model.layers().size()).stream()
                .map(index -> WiderLayer.of(index, model.layers().get(index), config.columns()))
                .toList();
    }

    private static boolean all(LanguageModel model, List<WiderLayer> wider) {
        return wider.size() == model.layers().size();
    }

    private static List<TensorSpec> specs(List<WiderLayer> wider) {
        return wider.stream()
                .flatMap(layer -> layer.insertions().stream())
                .map(WiderLayer.Insertion::spec)
                .toList();
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, Object> config() {
        return new TreeMap<>(Map.of(COLUMNS, config.columns(), "layers", layers()));
    }

    @Override
    public Set<String> movedFirst() {
        return wider.stream()
                .flatMap(layer -> layer.insertions().stream())
                .filter(WiderLayer.Insertion::first)
                .map(insertion -> insertion.spec().key())
                .collect(Collectors.toSet());
    }

    /** {@code A_log}: decay would pull the new columns towards A = -1, and is 0 in the source too. */
    @Override
    public Set<String> undecayed() {
        return parameters().keySet().stream()
                .filter(key -> key.endsWith(".A_log"))
                .collect(Collectors.toSet());
    }

    @Override
    public String whyNotMerged() {
        return inAllLayers
                ? null
                : "it acts in some layers only, and a configuration has one state_size for all of them";
    }
}
