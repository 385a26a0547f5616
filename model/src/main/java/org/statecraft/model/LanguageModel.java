package org.statecraft.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A Mamba language model: embedding, layers with a residual stream, final norm and head, run by a {@link Kernel} and
 * changed by {@link Adapter}s.
 *
 * <p>Instances are immutable views on weights that {@link #load} put into memory: {@link #with(Adapter)},
 * {@link #with(Kernel)} and {@link #with(MatrixFormat)} share them, and closing any view releases them for all.
 */
public final class LanguageModel implements AutoCloseable {
    private final NDManager manager;
    private final ModelConfig config;
    private final Kernel kernel;
    private final List<Adapter> adapters;
    private final Weight embedding;
    private final List<Layer> layers;
    private final Weight finalNorm;
    private final Head head;
    private final MatrixFormat format;
    private final List<Mixer> mixers;

    private LanguageModel(
            NDManager manager, ModelConfig config, Kernel kernel, List<Adapter> adapters, Parameters parameters) {
        this.manager = manager;
        this.config = config;
        this.kernel = kernel;
        this.adapters = adapters;
        this.embedding = parameters.embedding;
        this.layers = parameters.layers;
        this.finalNorm = parameters.finalNorm;
        this.head = parameters.head;
        this.format = parameters.format;
        this.mixers = layers.stream().map(kernel::mixer).toList();
    }

    /**
     * The output head.
     *
     * @param tied true where its parameter is the embedding: the same array in float32, a copy in any other format
     */
    private record Head(Weight weight, boolean tied) {}

    private record Parameters(Weight embedding, List<Layer> layers, Weight finalNorm, Head head, MatrixFormat format) {}

    /** Loads a model folder in float32, for the kernel that {@link Kernels#AUTO} means. */
    public static LanguageModel load(Path folder, Device device) {
        return load(folder, device, Kernels.AUTO.make(), MatrixFormat.FLOAT32);
    }

    /** Loads a model folder, layer by layer into that format: the whole model is never in memory in float32. */
    public static LanguageModel load(Path folder, Device device, Kernel kernel, MatrixFormat format) {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            return load(checkpoint, device, kernel, format);
        }
    }

    private static LanguageModel load(Checkpoint checkpoint, Device device, Kernel kernel, MatrixFormat format) {
        NDManager manager = NDManager.newBaseManager(device);
        try {
            Consumer<Weight> release = weight -> weight.base().close();
            List<Layer> layers = IntStream.range(0, checkpoint.shapes().size())
                    .mapToObj(i -> stored(manager, format, checkpoint.layer(manager, i), release))
                    .toList();
            Weight embedding = checkpoint.weight(manager, Checkpoint.EMBEDDING);
            Head head = checkpoint.tied()
                    ? new Head(embedding.storedAs(manager, format, 0), true)
                    : new Head(stored(manager, format, checkpoint.weight(manager, Checkpoint.HEAD), 0, release), false);
            Parameters parameters =
                    new Parameters(embedding, layers, checkpoint.weight(manager, Checkpoint.FINAL_NORM), head, format);
            return new LanguageModel(manager, checkpoint.config(), kernel, List.of(), parameters);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    private static Layer stored(NDManager owner, MatrixFormat format, Layer layer, Consumer<Weight> replaced) {
        Map<String, Long> large = layer.largeMatrices();
        return layer.map((name, weight) ->
                large.containsKey(name) ? stored(owner, format, weight, large.get(name), replaced) : weight);
    }

    private static Weight stored(
            NDManager owner, MatrixFormat format, Weight weight, long exact, Consumer<Weight> replaced) {
        Weight stored = weight.storedAs(owner, format, exact);
        if (stored != weight) {
            replaced.accept(weight);
        }
        return stored;
    }

    /** The same weights with a further adapter; adapters act in the order in which they were added. */
    public LanguageModel with(Adapter adapter) {
        List<Adapter> all = new ArrayList<>(adapters);
        all.add(adapter);
        List<Layer> adapted = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            String prefix = Checkpoint.layerPrefix(i);
            adapted.add(layers.get(i).map((name, weight) -> adapter.weight(prefix + name, weight)));
        }
        Parameters parameters = new Parameters(
                adapter.weight(Checkpoint.EMBEDDING, embedding),
                List.copyOf(adapted),
                adapter.weight(Checkpoint.FINAL_NORM, finalNorm),
                new Head(
                        head.tied ? adapter.tiedHead(head.weight) : adapter.weight(Checkpoint.HEAD, head.weight),
                        head.tied),
                format);
        return new LanguageModel(manager, config, kernel, List.copyOf(all), parameters);
    }

    /** The same weights run by another kernel. */
    public LanguageModel with(Kernel other) {
        return new LanguageModel(
                manager, config, other, adapters, new Parameters(embedding, layers, finalNorm, head, format));
    }

    /**
     * The same model with its large matrices stored in another format, beside the float32 ones that this view goes on using; to
     * have them alone in memory, {@link #load(Path, Device, Kernel, MatrixFormat) load} them so. Adapters stay on top.
     *
     * @throws InputException if this model is not stored in float32
     */
    public LanguageModel with(MatrixFormat other) {
        if (other == format) {
            return this;
        }
        if (format != MatrixFormat.FLOAT32) {
            throw new InputException("the model is stored as " + format + " and cannot become " + other
                    + "; load it anew with weights: " + other);
        }
        List<Layer> stored = layers.stream()
                .map(layer -> stored(manager, other, layer, weight -> {}))
                .toList();
        Head storedHead = new Head(head.weight.storedAs(manager, other, 0), head.tied);
        return new LanguageModel(
                manager, config, kernel, adapters, new Parameters(embedding, stored, finalNorm, storedHead, other));
    }

    public ModelConfig config() {
        return config;
    }

    public Kernel kernel() {
        return kernel;
    }

    /** How the large matrices are stored. */
    public MatrixFormat format() {
        return format;
    }

    public Device device() {
        return manager.getDevice();
    }

    public List<Layer> layers() {
        return layers;
    }

    List<Mixer> mixers() {
        return mixers;
    }

    public List<Adapter> adapters() {
        return adapters;
    }

    public Weight embedding() {
        return embedding;
    }

    public Weight finalNorm() {
        return finalNorm;
    }

    /** The output head; where it is tied, the embedding. */
    public Weight head() {
        return head.weight;
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
        if (!head.tied) {
            all.put(Checkpoint.HEAD, head.weight);
        }
        return all;
    }

    /** Number of stored parameters, a tied head counted once. */
    public long parameterCount() {
        return parameters().values().stream().mapToLong(Weight::size).sum();
    }

    /** Bytes of the large matrices, the head's included: what decoding one token reads. */
    public long matrixBytes() {
        LongStream.Builder bytes = LongStream.builder();
        bytes.add(head.weight.bytes());
        for (Layer layer : layers) {
            Map<String, Long> large = layer.largeMatrices();
            layer.map((name, weight) -> {
                if (large.containsKey(name)) {
                    bytes.add(weight.bytes());
                }
                return weight;
            });
        }
        return bytes.build().sum();
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
     * <p>Long sequences are run in segments that hand their state on, so that what the layers need between their ends does not
     * grow with the length; the hidden rows of all tokens do. {@link #prefill} keeps only the last.
     *
     * <p>Of a packed batch the hidden rows stand as its tokens do, {@code [1, total, dModel]}, and so does what the observer sees; the
     * state has a row for each sequence.
     *
     * @param start the state to go on from, or null for new sequences, which begin with what the adapters put there
     * @param observer sees the values at the named sites, segment by segment, or null
     */
    public Output forward(TokenBatch batch, ModelState start, SiteObserver observer) {
        NDList hidden = new NDList();
        ModelState end = new ForwardPass(this, observer).run(batch, start, (segment, from) -> hidden.add(segment));
        return new Output(hidden.size() == 1 ? hidden.get(0) : joined(hidden), end);
    }

    private static NDArray joined(NDList segments) {
        NDArray whole = NDArrays.concat(segments, 1);
        segments.close();
        return whole;
    }

    /**
     * As {@link #forward}, but leaves only the hidden row of each sequence's own last token, {@code [sequences, 1, dModel]}: memory
     * does not grow with the length. A sequence of length 0 keeps its state and has a row of zeros.
     */
    public Output prefill(TokenBatch batch, ModelState start) {
        LastRows last = new LastRows(batch);
        ModelState end = new ForwardPass(this, null).run(batch, start, last);
        return new Output(last.rows(), end);
    }

    /**
     * What every new sequence starts from: the adapters' initial states, windows and virtual rows, and what their rows before layer 0
     * leave. Going on from it without them gives what new sequences give.
     *
     * @return one row that belongs to {@code owner}
     */
    public ModelState initialState(NDManager owner) {
        return new ForwardPass(this, null).initial(owner);
    }

    /** Continues token by token from a carried state, which is copied. */
    public Decoder decoder(ModelState start) {
        return kernel.decoder(this, start);
    }

    /**
     * The head: no bias, padded vocabulary rows included.
     *
     * @param hidden {@code [..., dModel]}, rows of {@link Output#hidden}
     * @return {@code [..., vocabulary]}
     */
    public NDArray logits(NDArray hidden) {
        return head().apply(hidden);
    }

    /** As {@link #lossSum(TokenBatch, NDArray, Objective)}, of the cross-entropy. */
    public NDArray lossSum(TokenBatch batch, NDArray labels) {
        return lossSum(batch, labels, Objective.CROSS_ENTROPY);
    }

    /**
     * The loss of next-token prediction, summed: position t predicts {@code labels[t + 1]}, the last of a sequence nothing;
     * labels of {@link CrossEntropy#IGNORED} do not count.
     *
     * @param labels of the shape of the ids, int64, not shifted
     * @return a scalar; divide by the number of counted labels for the mean
     */
    public NDArray lossSum(TokenBatch batch, NDArray labels, Objective objective) {
        NDManager caller = batch.ids().getManager();
        TokenBatch.Prediction prediction = batch.predicting(labels);
        NDList sums = new NDList();
        try (NDManager kept = caller.newSubManager()) {
            BatchLoss loss = new BatchLoss(this, objective, prediction, kept);
            new ForwardPass(this, null).run(prediction.tokens(), null, (hidden, from) -> {
                for (LossRows rows : loss.pieces(hidden.getShape())) {
                    try (NDManager scope = caller.newSubManager()) {
                        NDArray sum = loss.sum(rows.of(scope, hidden), rows, from);
                        sum.attach(caller);
                        sums.add(sum);
                    }
                }
                hidden.close();
            });
        }
        return sums.size() == 1 ? sums.get(0) : NDArrays.stack(sums).sum();
    }

    @Override
    public void close() {
        manager.close();
    }
}
