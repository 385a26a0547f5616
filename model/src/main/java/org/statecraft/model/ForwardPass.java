package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** Runs tokens through the layers of a model, segment by segment, each from the state that the one before it left. */
final class ForwardPass {
    /** Tokens of a segment, those of all rows together: many enough for fast matrix products. */
    private static final long SEGMENT_TOKENS = 2048;

    private static final long SHORTEST_SEGMENT = 256;

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
         * @param from position of its first token
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
        long segment = segmentLength(batch);
        ModelState state = start;
        long from = 0;
        do {
            long to = Math.min(length, from + segment);
            ModelState before = state;
            state = segment(from == 0 && to == length ? batch : batch.slice(from, to), before, from, sink);
            if (from > 0) {
                before.close();
            }
            from = to;
        } while (from < length);
        return state;
    }

    /** Tokens of each row that are run together. */
    static long segmentLength(TokenBatch batch) {
        return Math.max(
                SHORTEST_SEGMENT,
                SEGMENT_TOKENS / Math.max(1, batch.ids().getShape().get(0)));
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
     * @param residual {@code [batch, promptLength + length, dModel]}
     * @param promptLength rows that adapters put before the first token
     * @param lengths true length of each row, those included, or null when none is padded
     */
    record Entry(NDArray residual, int promptLength, int[] lengths) {
        /** Some residual stream of this segment at its tokens only. */
        NDArray withoutPrompt(NDArray stream) {
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
            NDArray residual = prompt == null ? embedded : prepended(prompt, embedded);
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
        LayerState from =
                carried == null ? adapterStart(scope, index, residual.getShape().get(0)) : carried.in(scope);
        return run(index, residual, from, lengths);
    }

    private Mixer.Pass run(int index, NDArray residual, LayerState from, int[] lengths) {
        Mixer mixer = model.mixers().get(index);
        List<Adapter.ReadOut> readOuts = model.adapters().stream()
                .map(adapter -> adapter.readOut(index))
                .filter(Objects::nonNull)
                .toList();
        List<UnaryOperator<Front>> beforeScan = model.adapters().stream()
                .map(adapter -> adapter.beforeScan(index))
                .filter(Objects::nonNull)
                .toList();
        if (beforeScan.isEmpty() && readOuts.isEmpty() && observer == null) {
            return mixer.run(residual, from, lengths);
        }
        NDArray state = from == null ? null : from.state();
        Front front = mixer.convolve(mixer.project(residual), from == null ? null : from.convWindow(), lengths);
        for (UnaryOperator<Front> operator : beforeScan) {
            front = operator.apply(front);
        }
        boolean oneToken = state != null && residual.getShape().get(1) == 1;
        Scan scan = oneToken ? mixer.step(front, state) : mixer.scan(front, state);
        NDArray y = scan.y();
        for (Adapter.ReadOut readOut : readOuts) {
            y = readOut.apply(y, front, model.layers().get(index));
        }
        Back back = mixer.back(y, front.z());
        NDArray next = residual.add(back.mixerOut());
        if (observer != null) {
            observe(index, front, y, back, next);
        }
        return new Mixer.Pass(next, new LayerState(front.convWindow(), scan.state()));
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
            Front front = mixer.convolve(row(scope, start.virtualRows()), firstWindow, null);
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
        if (row.getShape().get(0) == batch) {
            return row;
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

    private static NDArray prepended(NDArray prompt, NDArray residual) {
        NDArray rows = row(residual.getManager(), prompt);
        return repeated(rows, residual.getShape().get(0)).concat(residual, 1);
    }

    private NDArray embed(NDArray ids) {
        return model.embedding().rows(ids);
    }
}
