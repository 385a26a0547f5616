package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Runs tokens through the layers of a model, segment by segment, each from the state that the one before it left. */
final class ForwardPass {
    private final LanguageModel model;
    private final SiteObserver observer;

    ForwardPass(LanguageModel model, SiteObserver observer) {
        this.model = model;
        this.observer = observer;
    }

    /** Takes what a segment gives. */
    @FunctionalInterface
    interface Sink {
        /**
         * Takes over one segment.
         *
         * @param hidden after the final norm, {@code [batch, segment, dModel]}; the receiver closes it
         * @param from column of its first token
         */
        void accept(NDArray hidden, long from);
    }

    /** Runs all segments; the state at the end belongs to the manager of the ids. */
    ModelState run(TokenBatch batch, ModelState start, Sink sink) {
        long length = batch.ids().getShape().get(1);
        if (length == 0) {
            throw new IllegalArgumentException(
                    "ids of shape " + batch.ids().getShape() + ": expected at least one token");
        }
        List<List<Segment>> chains = chains(batch);
        if (chains.size() == 1) {
            return chain(chains.get(0), start, sink);
        }
        List<ModelState> ends = new ArrayList<>();
        int first = 0;
        for (List<Segment> chain : chains) {
            int behind = first + chain.get(0).tokens().sequences();
            if (start == null) {
                ends.add(chain(chain, null, sink));
            } else {
                try (ModelState own = start.rows(IntStream.range(first, behind).toArray())) {
                    ends.add(chain(chain, own, sink));
                }
            }
            first = behind;
        }
        return ModelState.joined(ends);
    }

    /** As {@link Segment#chains}; refuses weights that differ between the rows of a batch where there are none. */
    List<List<Segment>> chains(TokenBatch batch) {
        boolean byRow = batch.isPacked()
                && model.parameters().values().stream()
                        .flatMap(weight -> weight.changes().stream())
                        .anyMatch(change -> change instanceof WeightChange.LowRank low && low.differsByRow());
        if (byRow) {
            throw new InputException("an adapter differs from row to row, but the " + batch.sequences()
                    + " sequences of this batch are packed into one; use TokenBatch.padded");
        }
        return Segment.chains(batch);
    }

    private ModelState chain(List<Segment> chain, ModelState start, Sink sink) {
        ModelState state = start;
        for (Segment segment : chain) {
            ModelState before = state;
            state = segment(segment.tokens(), before, segment.from(), sink);
            if (segment.from() > chain.get(0).from()) {
                before.close();
            }
        }
        return state;
    }

    private ModelState segment(TokenBatch batch, ModelState start, long from, Sink sink) {
        NDManager caller = batch.ids().getManager();
        Entry entry = enter(batch, start == null);
        NDArray residual = entry.residual();
        List<LayerState> states = new ArrayList<>();
        for (int i = 0; i < model.layers().size(); i++) {
            try (NDManager scope = caller.newSubManager()) {
                residual.attach(scope);
                LayerState carried = start == null ? null : start.layers().get(i);
                Mixer.Pass pass = layer(i, residual, carried, entry.lengths());
                residual = pass.residual();
                residual.attach(caller);
                LayerState state = pass.state().compact();
                state.attach(caller);
                states.add(state);
            }
        }
        try (NDManager scope = caller.newSubManager()) {
            residual.attach(scope);
            NDArray hidden = hidden(entry.withoutPrompt(residual));
            hidden.attach(caller);
            sink.accept(hidden, from);
        }
        return new ModelState(states);
    }

    /**
     * What enters layer 0.
     *
     * @param residual {@code [batch, promptLength + length, dModel]}; packed: those of each sequence before its tokens
     * @param promptLength rows that adapters put before the first token
     * @param lengths as in {@link TokenBatch}, those included
     */
    record Entry(NDArray residual, int promptLength, int[] lengths) {
        /** Some residual stream of this segment at its tokens only. */
        NDArray withoutPrompt(NDArray stream) {
            if (promptLength > 0 && Packing.isPacked(stream.getShape(), lengths)) {
                return Packing.withoutFirst(promptLength, stream, lengths);
            }
            return promptLength == 0
                    ? stream
                    : stream.get(new NDIndex()
                            .addAllDim()
                            .addSliceDim(promptLength, stream.getShape().get(1)));
        }
    }

    /**
     * What every new sequence starts from, when the adapters' rows before layer 0 have been run: one row, which belongs to
     * {@code owner}.
     */
    ModelState initial(NDManager owner) {
        NDArray prompt = promptRows();
        List<LayerState> states = new ArrayList<>();
        NDArray residual = prompt == null ? null : row(owner, prompt);
        for (int i = 0; i < model.layers().size(); i++) {
            try (NDManager scope = owner.newSubManager()) {
                LayerState from = adapterStart(scope, i, 1);
                if (prompt != null) {
                    residual.attach(scope);
                    Mixer.Pass pass = run(i, residual, from, null);
                    residual = pass.residual();
                    residual.attach(owner);
                    from = pass.state();
                }
                LayerState state = (from == null ? model.layers().get(i).shape().empty(scope) : from).compact();
                state.attach(owner);
                states.add(state);
            }
        }
        if (residual != null) {
            residual.close();
        }
        return new ModelState(states);
    }

    /** Embeds a segment; the result belongs to the manager of the ids. */
    Entry enter(TokenBatch batch, boolean beginning) {
        NDManager owner = batch.ids().getManager();
        NDArray prompt = beginning ? promptRows() : null;
        int rows = prompt == null ? 0 : (int) prompt.getShape().get(0);
        try (NDManager scope = owner.newSubManager()) {
            NDArray embedded = embed(Weight.in(scope, batch.ids()));
            NDArray residual = prompt == null ? embedded : prepended(prompt, embedded, batch);
            residual.attach(owner);
            return new Entry(residual, rows, batch.lengthsPlus(rows));
        }
    }

    /** The rows that the head takes, of rows of the last residual stream and in their manager. */
    NDArray hidden(NDArray residual) {
        return Norms.rms(residual, model.config().layerNormEpsilon())
                .mul(model.finalNorm().value(residual.getManager()));
    }

    /**
     * Runs one layer; results belong to the manager of the residual stream.
     *
     * @param carried null at the beginning of sequences, where the layer holds what the adapters put there
     */
    Mixer.Pass layer(int index, NDArray residual, LayerState carried, int[] lengths) {
        NDManager scope = residual.getManager();
        long sequences = lengths == null ? residual.getShape().get(0) : lengths.length;
        LayerState from = carried == null ? adapterStart(scope, index, sequences) : carried.in(scope);
        return run(index, residual, from, lengths);
    }

    private Mixer.Pass run(int index, NDArray residual, LayerState from, int[] lengths) {
        Packing packing = Packing.of(residual, lengths);
        Mixer mixer = model.mixers().get(index);
        List<Adapter.ReadOut> readOuts = model.adapters().stream()
                .map(adapter -> adapter.readOut(index))
                .filter(Objects::nonNull)
                .toList();
        if (beforeScan(index).isEmpty() && readOuts.isEmpty() && observer == null && packing.isNone()) {
            return mixer.run(residual, from, lengths);
        }
        NDArray state = from == null ? null : from.state();
        NDArray projected = packing.apart(mixer.project(residual));
        Front front = changed(index, mixer.convolve(projected, from == null ? null : from.convWindow(), lengths));
        boolean oneToken = state != null && projected.getShape().get(1) == 1;
        Scan scan = oneToken ? mixer.step(front, state) : mixer.scan(front, state);
        NDArray y = scan.y();
        for (Adapter.ReadOut readOut : readOuts) {
            y = readOut.apply(y, front, model.layers().get(index));
        }
        y = packing.together(y);
        Back back = mixer.back(y, packing.together(front.z()));
        NDArray next = residual.add(back.mixerOut());
        if (observer != null) {
            observe(index, packing.together(front), y, back, next);
        }
        return new Mixer.Pass(next, new LayerState(front.convWindow(), scan.state()));
    }

    private List<UnaryOperator<Front>> beforeScan(int index) {
        return model.adapters().stream()
                .map(adapter -> adapter.beforeScan(index))
                .filter(Objects::nonNull)
                .toList();
    }

    /** What the scan of a layer sees of what its front gave. */
    private Front changed(int index, Front front) {
        Front changed = front;
        for (UnaryOperator<Front> operator : beforeScan(index)) {
            changed = operator.apply(changed);
        }
        return changed;
    }

    private void observe(int index, Front front, NDArray y, Back back, NDArray next) {
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

    /** What the adapters put before the first token, for a batch; null for the empty state. */
    private LayerState adapterStart(NDManager scope, int index, long batch) {
        Adapter.Start start = model.adapters().stream()
                .map(adapter -> adapter.start(index, scope))
                .filter(Objects::nonNull)
                .reduce((a, b) -> {
                    throw new InputException("two adapters set the initial state of layer " + index + "; use one");
                })
                .orElse(null);
        if (start == null) {
            return null;
        }
        LayerShape shape = model.layers().get(index).shape();
        NDArray window = start.convWindow() == null
                ? scope.zeros(new Shape(shape.convChannels(), shape.convKernel() - 1))
                : start.convWindow();
        NDArray state = start.state() == null
                ? scope.zeros(new Shape(shape.heads(), shape.headDim(), shape.state()))
                : start.state();
        NDArray firstWindow = window.getShape().dimension() == 2 ? row(scope, window) : Weight.in(scope, window);
        NDArray firstState = state.getShape().dimension() == 3 ? row(scope, state) : Weight.in(scope, state);
        if (start.virtualRows() != null) {
            Mixer mixer = model.mixers().get(index);
            Front front = changed(index, mixer.convolve(row(scope, start.virtualRows()), firstWindow, null));
            firstWindow = front.convWindow();
            firstState = mixer.scan(front, firstState).state();
        }
        return new LayerState(repeated(firstWindow, batch), repeated(firstState, batch));
    }

    private static NDArray row(NDManager scope, NDArray array) {
        NDArray row = array.expandDims(0);
        row.attach(scope);
        return row;
    }

    private static NDArray repeated(NDArray row, long batch) {
        long rows = row.getShape().get(0);
        if (rows == batch) {
            return row;
        }
        if (rows != 1) {
            throw new InputException("an adapter has initial states for " + rows + " rows, but " + batch
                    + " sequences run together; expected as many, side by side (TokenBatch.padded)");
        }
        long[] shape = row.getShape().getShape().clone();
        shape[0] = batch;
        return row.broadcast(new Shape(shape));
    }

    private NDArray promptRows() {
        return model.adapters().stream()
                .map(Adapter::promptRows)
                .filter(Objects::nonNull)
                .reduce((a, b) -> {
                    throw new InputException("two adapters put rows before layer 0; use one");
                })
                .orElse(null);
    }

    private static NDArray prepended(NDArray prompt, NDArray residual, TokenBatch batch) {
        if (batch.isPacked()) {
            return Packing.prepended(prompt, residual, batch.lengths());
        }
        NDArray rows = row(residual.getManager(), prompt);
        return repeated(rows, residual.getShape().get(0)).concat(residual, 1);
    }

    private NDArray embed(NDArray ids) {
        return model.embedding().rows(ids);
    }
}
