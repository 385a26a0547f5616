package org.statecraft.peft.sparse;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LayerShape;
import org.statecraft.peft.StoredAdapter;
import org.statecraft.peft.Tensors;
import org.statecraft.peft.WeightAdapter;

/**
 * Second phase of sparse dimension tuning: changes of the selected entries alone, from 0, on the pretrained weights.
 *
 * <pre>
 * Mamba-1: A_log at kept (channel, state), x_proj rows B and C at kept channels       c·s + 2·state·c values a layer
 * Mamba-2: A_log of kept heads, in_proj rows B and C of kept states         h + 2·groups·s·dModel values a layer
 * </pre>
 *
 * LoRA on {@code out_proj}, which the authors train beside it, is a method of its own.
 *
 * <p>Source: Galim et al. 2025 (arXiv 2410.09016), there for Mamba-1; the selection of Mamba-2 is ours.
 */
public final class Sparse extends WeightAdapter {
    /** {@code peft_type} of stored adapters. */
    public static final String TYPE = "SPARSE_DIMENSION";

    private static final String SELECTION = "selection";
    private static final String VALUES = "sparse";

    private final Selection selection;

    private Sparse(Tensors tensors, Selection selection, List<Entries> entries) {
        super(tensors, Entries.changes(tensors, entries, VALUES));
        this.selection = selection;
    }

    /** An untrained adapter over what a {@link SparseWarmup} found. */
    public static Sparse create(LanguageModel model, Selection selection) {
        List<Entries> entries = entries(model, selection);
        Tensors tensors = Tensors.create(
                model, entries.stream().map(kept -> kept.spec(VALUES)).toList(), 0);
        return new Sparse(tensors, selection, entries);
    }

    /**
     * An adapter from its folder.
     *
     * @throws InputException when it does not fit the model; every problem is named
     */
    public static Sparse load(LanguageModel model, StoredAdapter stored) {
        Selection selection = Selection.of(stored.config().path(SELECTION));
        List<Entries> entries;
        try {
            entries = entries(model, selection);
        } catch (InputException e) {
            throw new InputException(stored.configFile() + ": " + e.getMessage(), e);
        }
        Tensors tensors = Tensors.load(
                model, stored, entries.stream().map(kept -> kept.spec(VALUES)).toList());
        return new Sparse(tensors, selection, entries);
    }

    private static List<Entries> entries(LanguageModel model, Selection selection) {
        if (selection.layers().isEmpty()) {
            throw new InputException("the selection is missing or names no layer; expected what a warm-up found");
        }
        return selection.layers().stream()
                .flatMap(kept -> {
                    if (kept.layer() < 0 || kept.layer() >= model.layers().size()) {
                        throw new InputException("the selection names layer " + kept.layer()
                                + " of a model that has layers 0 to "
                                + (model.layers().size() - 1));
                    }
                    LayerShape shape = model.layers().get(kept.layer()).shape();
                    kept.requireFits(shape);
                    return Entries.kept(kept, shape).stream();
                })
                .toList();
    }

    public Selection selection() {
        return selection;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, Object> config() {
        return new TreeMap<>(Map.of(SELECTION, selection.toJson(), "layers", layers()));
    }
}
