package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What one sequence carries after some tokens, as a value that can be kept, stored and gone on from. Its size does not depend
 * on the number of tokens.
 *
 * <p>There are two uses. {@link #state} begins a forward pass, a prefill or a decoder that <em>goes on</em> from here. As an
 * {@link Adapter}, {@code model.with(snapshot)}, it is what <em>every new sequence</em> starts from.
 */
public final class Snapshot implements Adapter, AutoCloseable {
    private final LanguageModel model;
    private final NDManager manager;
    private final List<Start> layers;
    private final float[] logits;
    private final long tokens;
    private final String origin;

    Snapshot(LanguageModel model, NDManager manager, List<Start> layers, float[] logits, long tokens, String origin) {
        this.model = model;
        this.manager = manager;
        this.layers = List.copyOf(layers);
        this.logits = logits;
        this.tokens = tokens;
        this.origin = origin;
    }

    /**
     * Copies the state of a single sequence.
     *
     * @param model the one that it comes from; its end is that of the snapshot
     * @param state of a batch of one row
     * @param logits after the last token, of which those of the vocabulary are kept; null if they are not at hand, and then
     *     only further tokens can follow
     * @param tokens how many tokens the state stands for
     */
    public static Snapshot of(LanguageModel model, ModelState state, float[] logits, long tokens) {
        return of(model, state, logits, tokens, null);
    }

    /**
     * What new sequences start from: it stands for no token, and has no logits.
     *
     * @param model the one that it comes from; its end is that of the snapshot
     * @param state of a batch of one row, such as {@link LanguageModel#initialState}
     * @param origin what it was made of, for people
     */
    public static Snapshot ofStart(LanguageModel model, ModelState state, String origin) {
        return of(model, state, null, 0, origin);
    }

    private static Snapshot of(LanguageModel model, ModelState state, float[] logits, long tokens, String origin) {
        NDManager manager = model.newScope();
        List<Start> layers = state.layers().stream()
                .map(layer -> new Start(onlyRow(manager, layer.convWindow()), onlyRow(manager, layer.state()), null))
                .toList();
        float[] real =
                logits == null ? null : Arrays.copyOf(logits, model.config().vocabSize());
        return new Snapshot(model, manager, layers, real, tokens, origin);
    }

    private static NDArray onlyRow(NDManager manager, NDArray batch) {
        if (batch.getShape().get(0) != 1) {
            throw new IllegalArgumentException("a snapshot is of one sequence, found shape " + batch.getShape());
        }
        try (NDArray row = batch.squeeze(0)) {
            NDArray copy = row.duplicate();
            copy.attach(manager);
            return copy;
        }
    }

    /**
     * Reads a file that {@link #save} wrote.
     *
     * @return on the model's device; to be closed by the caller, or with the model
     * @throws org.statecraft.model.safetensors.SafetensorsException when the file breaks the format
     * @throws SnapshotException when it is no snapshot, or not one of this model; every problem is named
     */
    public static Snapshot load(LanguageModel model, Path file) {
        return SnapshotFile.read(model, file);
    }

    /**
     * Writes a safetensors file, replacing one that is there.
     *
     * @throws InputException when the file cannot be written
     */
    public void save(Path file) {
        SnapshotFile.write(model, this, file);
    }

    /** How many tokens it stands for, rows of prompt tuning not counted. */
    public long tokens() {
        return tokens;
    }

    /** What it was made of, for people; null where that is only tokens. */
    public String origin() {
        return origin;
    }

    /** Window and state of a layer. */
    LayerState layer(int index) {
        return new LayerState(layers.get(index).convWindow(), layers.get(index).state());
    }

    /** Logits after the last token, {@code [vocabulary]}; null if they were not at hand. */
    public float[] logits() {
        return logits == null ? null : logits.clone();
    }

    /** The carried state for sequences that all go on from here: {@code rows} copies that belong to {@code owner}. */
    public ModelState state(NDManager owner, int rows) {
        return new ModelState(layers.stream()
                .map(layer ->
                        new LayerState(copies(owner, layer.convWindow(), rows), copies(owner, layer.state(), rows)))
                .toList());
    }

    private static NDArray copies(NDManager owner, NDArray row, int rows) {
        try (NDArray one = row.expandDims(0)) {
            NDArray all = one.repeat(0, rows);
            all.attach(owner);
            return all;
        }
    }

    /** Window and state of a layer; no virtual rows. */
    @Override
    public Start start(int layer, NDManager scope) {
        return layers.get(layer);
    }

    @Override
    public void close() {
        manager.close();
    }
}
