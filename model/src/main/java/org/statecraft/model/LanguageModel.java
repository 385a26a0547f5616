package org.statecraft.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.core.Embedding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.statecraft.model.mamba2.Mamba2Config;
import org.statecraft.model.mamba2.Mamba2Layer;
import org.statecraft.model.mamba2.Norms;
import org.statecraft.model.mamba2.ReferenceKernel;

/**
 * A Mamba language model: embedding, layers with a residual stream, final norm and head, run by a {@link Kernel} and
 * changed by {@link Adapter}s.
 *
 * <p>Instances are immutable views on weights that {@link #load} put into memory: {@link #with(Adapter)} and
 * {@link #with(Kernel)} share them, and closing any view releases them for all.
 */
public final class LanguageModel implements AutoCloseable {
    private final NDManager manager;
    private final Mamba2Config config;
    private final Kernel kernel;
    private final List<Adapter> adapters;
    private final Weight embedding;
    private final List<Mamba2Layer> layers;
    private final Weight finalNorm;
    /** Null where the head is the embedding. */
    private final Weight untiedHead;

    private LanguageModel(
            NDManager manager, Mamba2Config config, Kernel kernel, List<Adapter> adapters, Parameters parameters) {
        this.manager = manager;
        this.config = config;
        this.kernel = kernel;
        this.adapters = adapters;
        this.embedding = parameters.embedding;
        this.layers = parameters.layers;
        this.finalNorm = parameters.finalNorm;
        this.untiedHead = parameters.untiedHead;
    }

    private record Parameters(Weight embedding, List<Mamba2Layer> layers, Weight finalNorm, Weight untiedHead) {}

    /** Loads a model folder in float32. */
    public static LanguageModel load(Path folder, Device device) {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            return load(checkpoint, device);
        }
    }

    /** Loads an opened checkpoint in float32; the checkpoint may be closed afterwards. */
    public static LanguageModel load(Checkpoint checkpoint, Device device) {
        NDManager manager = NDManager.newBaseManager(device);
        try {
            List<Mamba2Layer> layers = IntStream.range(0, checkpoint.shapes().size())
                    .mapToObj(i -> checkpoint.layer(manager, i))
                    .toList();
            Parameters parameters = new Parameters(
                    checkpoint.weight(manager, Checkpoint.EMBEDDING),
                    layers,
                    checkpoint.weight(manager, Checkpoint.FINAL_NORM),
                    checkpoint.tied() ? null : checkpoint.weight(manager, Checkpoint.HEAD));
            return new LanguageModel(manager, checkpoint.config(), new ReferenceKernel(), List.of(), parameters);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /** The same weights with a further adapter; adapters act in the order in which they were added. */
    public LanguageModel with(Adapter adapter) {
        List<Adapter> all = new ArrayList<>(adapters);
        all.add(adapter);
        List<Mamba2Layer> adapted = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            String prefix = Checkpoint.layerPrefix(i);
            adapted.add(layers.get(i).map((name, weight) -> adapter.weight(prefix + name, weight)));
        }
        Parameters parameters = new Parameters(
                adapter.weight(Checkpoint.EMBEDDING, embedding),
                List.copyOf(adapted),
                adapter.weight(Checkpoint.FINAL_NORM, finalNorm),
                untiedHead == null ? null : adapter.weight(Checkpoint.HEAD, untiedHead));
        return new LanguageModel(manager, config, kernel, List.copyOf(all), parameters);
    }

    /** The same weights run by another kernel. */
    public LanguageModel with(Kernel other) {
        return new LanguageModel(
                manager, config, other, adapters, new Parameters(embedding, layers, finalNorm, untiedHead));
    }

    public Mamba2Config config() {
        return config;
    }

    public Kernel kernel() {
        return kernel;
    }

    public Device device() {
        return manager.getDevice();
    }

    public List<Mamba2Layer> layers() {
        return layers;
    }

    /** A manager on the model's device for the arrays of one piece of work; the caller closes it. */
    public NDManager newScope() {
        return manager.newSubManager();
    }

    /** Every stored parameter by its name in the Hugging Face layout; a tied head does not appear. */
    public Map<String, Weight> parameters() {
        Map<String, Weight> all = new LinkedHashMap<>();
        all.put(Checkpoint.EMBEDDING, embedding);
        for (int i = 0; i < layers.size(); i++) {
            String prefix = Checkpoint.layerPrefix(i);
            layers.get(i).map((name, weight) -> {
                all.put(prefix + name, weight);
                return weight;
            });
        }
        all.put(Checkpoint.FINAL_NORM, finalNorm);
        if (untiedHead != null) {
            all.put(Checkpoint.HEAD, untiedHead);
        }
        return all;
    }

    /** Number of stored parameters, a tied head counted once. */
    public long parameterCount() {
        return parameters().values().stream().mapToLong(w -> w.base().size()).sum();
    }

    /** Bytes of the state that one sequence carries, float32. */
    public long stateBytesPerSequence() {
        return layers.stream().mapToLong(layer -> layer.shape().stateBytes()).sum();
    }

    /** New sequences without padding: {@code ids [batch, length]} int64. */
    public Output forward(NDArray ids) {
        return forward(TokenBatch.of(ids), null, null);
    }

    /**
     * Runs all layers over new sequences, or over the continuation of carried ones. Results belong to the manager of the ids.
     *
     * @param start the state to go on from, or null for new sequences, which begin with what the adapters put there
     * @param observer sees the values at the named sites, or null
     */
    public Output forward(TokenBatch batch, ModelState start, SiteObserver observer) {
        NDManager caller = batch.ids().getManager();
        NDArray residual = embed(batch.ids(), caller);
        int[] lengths = batch.lengths();
        NDArray prompt = start == null ? promptRows() : null;
        long promptLength = prompt == null ? 0 : prompt.getShape().get(0);
        if (prompt != null) {
            residual = prepended(prompt, residual);
            lengths = lengths == null
                    ? null
                    : IntStream.of(lengths).map(n -> n + (int) promptLength).toArray();
        }
        List<LayerState> states = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            try (NDManager scope = caller.newSubManager()) {
                residual.attach(scope);
                LayerState from = start == null
                        ? start(scope, i, residual.getShape().get(0))
                        : start.layers().get(i);
                LayerPass pass = layer(i, residual, from, lengths, observer);
                pass.residual.attach(caller);
                pass.state.attach(caller);
                residual = pass.residual;
                states.add(pass.state);
            }
        }
        try (NDManager scope = caller.newSubManager()) {
            residual.attach(scope);
            NDArray real = promptLength == 0
                    ? residual
                    : residual.get(new NDIndex()
                            .addAllDim()
                            .addSliceDim(promptLength, residual.getShape().get(1)));
            NDArray hidden = Norms.rms(real, config.layerNormEpsilon()).mul(finalNorm.value(scope));
            hidden.attach(caller);
            return new Output(hidden, new ModelState(states));
        }
    }

    private record LayerPass(NDArray residual, LayerState state) {}

    private LayerPass layer(int index, NDArray residual, LayerState from, int[] lengths, SiteObserver observer) {
        Mamba2Layer layer = layers.get(index);
        NDArray window = from == null ? null : from.convWindow();
        NDArray state = from == null ? null : from.state();
        Front front = kernel.convolve(layer, kernel.project(layer, residual), window, lengths);
        boolean oneToken = state != null && residual.getShape().get(1) == 1;
        Scan scan = oneToken ? kernel.step(layer, front, state) : kernel.scan(layer, front, state);
        NDArray y = scan.y();
        for (Adapter adapter : adapters) {
            Adapter.ReadOut readOut = adapter.readOut(index);
            y = readOut == null ? y : readOut.apply(y, front.C());
        }
        Back back = kernel.back(layer, y, front.z());
        NDArray next = residual.add(back.mixerOut());
        if (observer != null) {
            observer.at(index, Site.Z, front.z());
            observer.at(index, Site.X, front.x());
            observer.at(index, Site.B, front.B());
            observer.at(index, Site.C, front.C());
            observer.at(index, Site.DELTA, front.delta());
            observer.at(index, Site.Y, y);
            observer.at(index, Site.OUT_PROJ_INPUT, back.outProjInput());
            observer.at(index, Site.MIXER_OUT, back.mixerOut());
            observer.at(index, Site.RESIDUAL, next);
        }
        return new LayerPass(next, new LayerState(front.convWindow(), scan.state()));
    }

    /** What the adapters put before the first token, for a batch; null for the empty state. */
    private LayerState start(NDManager scope, int index, long batch) {
        Adapter.Start start = adapters.stream()
                .map(adapter -> adapter.start(index))
                .filter(Objects::nonNull)
                .reduce((a, b) -> {
                    throw new InputException("two adapters set the initial state of layer " + index + "; use one");
                })
                .orElse(null);
        if (start == null) {
            return null;
        }
        Mamba2Layer layer = layers.get(index);
        NDArray window = start.convWindow() == null
                ? scope.zeros(
                        new Shape(layer.shape().convChannels(), layer.shape().convKernel() - 1))
                : start.convWindow();
        NDArray state = start.state() == null
                ? scope.zeros(new Shape(
                        layer.shape().heads(),
                        layer.shape().headDim(),
                        layer.shape().state()))
                : start.state();
        NDArray firstWindow = row(scope, window);
        NDArray firstState = row(scope, state);
        if (start.virtualRows() != null) {
            Front front = kernel.convolve(layer, row(scope, start.virtualRows()), firstWindow, null);
            firstWindow = front.convWindow();
            firstState = kernel.scan(layer, front, firstState).state();
        }
        return new LayerState(repeated(firstWindow, batch), repeated(firstState, batch));
    }

    private static NDArray row(NDManager scope, NDArray array) {
        NDArray row = array.expandDims(0);
        row.attach(scope);
        return row;
    }

    private static NDArray repeated(NDArray row, long batch) {
        long[] shape = row.getShape().getShape().clone();
        shape[0] = batch;
        return row.broadcast(new Shape(shape));
    }

    private NDArray promptRows() {
        return adapters.stream()
                .map(Adapter::promptRows)
                .filter(Objects::nonNull)
                .reduce((a, b) -> {
                    throw new InputException("two adapters put rows before layer 0; use one");
                })
                .orElse(null);
    }

    private static NDArray prepended(NDArray prompt, NDArray residual) {
        NDArray rows = row(residual.getManager(), prompt);
        return repeated(rows, residual.getShape().get(0)).concat(residual, 1);
    }

    private NDArray embed(NDArray ids, NDManager scope) {
        return Embedding.embedding(ids, embedding.value(scope), SparseFormat.DENSE)
                .singletonOrThrow();
    }

    /**
     * The head: no bias, padded vocabulary rows included.
     *
     * @param hidden {@code [..., dModel]}, rows of {@link Output#hidden}
     * @return {@code [..., vocabulary]}
     */
    public NDArray logits(NDArray hidden) {
        return (untiedHead == null ? embedding : untiedHead).apply(hidden);
    }

    /**
     * Summed cross-entropy of next-token prediction: position t predicts {@code labels[t + 1]}; labels of
     * {@link CrossEntropy#IGNORED} do not count.
     *
     * @param labels {@code [batch, length]} int64, not shifted
     * @return a scalar; divide by the number of counted labels for the mean
     */
    public NDArray lossSum(TokenBatch batch, NDArray labels) {
        long length = labels.getShape().get(1);
        // nothing is predicted after the last token, so it is not fed
        Output output = forward(batch.first(length - 1), null, null);
        NDArray predicted = labels.get(new NDIndex().addAllDim().addSliceDim(1, length));
        return CrossEntropy.sum(logits(output.hidden()), predicted);
    }

    @Override
    public void close() {
        manager.close();
    }
}
