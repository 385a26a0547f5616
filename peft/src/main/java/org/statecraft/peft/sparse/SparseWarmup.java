package org.statecraft.peft.sparse;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LayerShape;
import org.statecraft.model.mamba1.Mamba1Shape;
import org.statecraft.peft.Tensors;
import org.statecraft.peft.Together;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.WeightAdapter;

/**
 * First phase of sparse dimension tuning: changes of all candidates are trained from 0, only to see which of them grow. In Mamba-1
 * that is {@code A_log}; in Mamba-2, whose {@code A_log} has one value for each head, the rows of B and C in {@code in_proj} too.
 *
 * <p>It is trained for some steps, asked for its {@link #selection}, and thrown away.
 */
public final class SparseWarmup extends WeightAdapter {
    /** {@code peft_type}; there are no stored ones. */
    public static final String TYPE = "SPARSE_DIMENSION_WARM_UP";

    private static final String DELTA = "delta";

    private final LanguageModel model;
    private final SparseConfig config;

    private SparseWarmup(Tensors tensors, LanguageModel model, SparseConfig config, List<Entries> candidates) {
        super(tensors, Entries.changes(tensors, candidates, DELTA));
        this.model = model;
        this.config = config;
    }

    /** An untrained one. */
    public static SparseWarmup create(LanguageModel model, SparseConfig config) {
        List<Entries> candidates = config.layers().in(model.layers().size()).stream()
                .flatMap(layer -> Entries.candidates(layer, model.layers().get(layer)).stream())
                .toList();
        Tensors tensors = Tensors.create(
                model, candidates.stream().map(entries -> entries.spec(DELTA)).toList(), 0);
        return new SparseWarmup(tensors, model, config, candidates);
    }

    /**
     * The warm-up in an adapter: itself, or a part of methods together.
     *
     * @throws InputException where there is none
     */
    public static SparseWarmup in(TunableAdapter adapter) {
        return all(adapter)
                .findFirst()
                .orElseThrow(() -> new InputException("the adapter of type " + adapter.type() + " has no warm-up"));
    }

    private static Stream<SparseWarmup> all(TunableAdapter adapter) {
        if (adapter instanceof Together together) {
            return together.parts().stream().flatMap(SparseWarmup::all);
        }
        return adapter instanceof SparseWarmup warmup ? Stream.of(warmup) : Stream.empty();
    }

    /** The entries to train, by the changes so far. */
    public Selection selection() {
        List<Selection.Kept> kept = new ArrayList<>();
        for (int layer : layers()) {
            LayerShape s = model.layers().get(layer).shape();
            List<float[]> deltas = Entries.candidates(layer, model.layers().get(layer)).stream()
                    .map(entries -> entries.values(tensors(), DELTA))
                    .map(NDArray::toFloatArray)
                    .toList();
            kept.add(
                    s instanceof Mamba1Shape
                            ? Selection.Kept.mamba1(layer, deltas.get(0), Math.toIntExact(s.state()), config)
                            : Selection.Kept.mamba2(layer, deltas.get(0), deltas.get(1), s, config));
        }
        return new Selection(kept);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, Object> config() {
        return new TreeMap<>(Map.of("channels", config.channels(), "states", config.states(), "layers", layers()));
    }

    @Override
    public String whyNotMerged() {
        return "it only finds out which entries are to be trained";
    }
}
