package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.List;

/**
 * The reverse of the forward pass, block by block, a block being one layer over one segment.
 *
 * <p>First all blocks run without recording, and what enters each is kept: the residual stream and, behind the first segment,
 * the carried state. Then, from the last segment to the first and from the head down to the embedding, each block runs
 * again from a leaf, now recorded, and {@code Σ out·g} is differentiated, where {@code g} is the gradient of what the block
 * gives. The gradient of the leaf is the {@code g} of the block below, that of the state belongs to the segment before.
 * PyTorch adds up what the blocks contribute to parameters that they share.
 */
final class RecomputedGradient implements LossGradient {
    private final LanguageModel model;
    private final Objective objective;
    private final ForwardPass forward;

    RecomputedGradient(LanguageModel model, Objective objective) {
        this.model = model;
        this.objective = objective;
        this.forward = new ForwardPass(model, null);
    }

    /**
     * What enters the blocks of a segment.
     *
     * @param residuals for each layer, and behind the last one
     * @param start for each layer; null in the first segment, whose start the adapters make
     */
    private record Kept(Segment segment, ForwardPass.Entry entry, List<NDArray> residuals, ModelState start) {}

    @Override
    public NDArray add(TokenBatch batch, NDArray labels, double scale) {
        NDManager caller = batch.ids().getManager();
        TokenBatch.Prediction prediction = batch.predicting(labels);
        try (NDManager outer = caller.newSubManager()) {
            BatchLoss batchLoss = new BatchLoss(model, objective, prediction, outer);
            try (GradientCollector collector = caller.getEngine().newGradientCollector()) {
                NDArray loss = caller.zeros(new Shape());
                for (List<Segment> chain : forward.chains(prediction.tokens())) {
                    try (NDManager owner = outer.newSubManager()) {
                        List<Kept> segments = Unrecorded.call(() -> segments(chain, owner));
                        List<LayerState> toState = null;
                        for (int s = segments.size() - 1; s >= 0; s--) {
                            Backward backward = new Backward(collector, segments.get(s), owner);
                            NDArray g = backward.head(batchLoss, scale, loss);
                            toState = backward.layers(g, toState);
                        }
                    }
                }
                return loss;
            }
        }
    }

    private List<Kept> segments(List<Segment> chain, NDManager owner) {
        List<Kept> all = new ArrayList<>();
        ModelState state = null;
        for (Segment segment : chain) {
            TokenBatch tokens = segment.tokens();
            tokens.ids().attach(owner);
            ForwardPass.Entry entry = forward.enter(tokens, state == null);
            Kept kept = new Kept(segment, entry, new ArrayList<>(List.of(entry.residual())), state);
            state = run(kept, owner);
            all.add(kept);
        }
        return all;
    }

    /** Runs the layers and notes what each of them gives. */
    private ModelState run(Kept kept, NDManager owner) {
        List<LayerState> states = new ArrayList<>();
        for (int i = 0; i < model.layers().size(); i++) {
            try (NDManager scope = owner.newSubManager()) {
                NDArray input = Weight.in(scope, kept.residuals().get(i));
                LayerState carried =
                        kept.start() == null ? null : kept.start().layers().get(i);
                Mixer.Pass pass = forward.layer(i, input, carried, kept.entry().lengths());
                LayerState state = pass.state().compact();
                pass.residual().attach(owner);
                state.attach(owner);
                kept.residuals().add(pass.residual());
                states.add(state);
            }
        }
        return new ModelState(states);
    }

    /** The backward pass through one segment; it takes over and frees what was kept for it. */
    private final class Backward {
        private final GradientCollector collector;
        private final Kept kept;
        private final NDManager owner;

        Backward(GradientCollector collector, Kept kept, NDManager owner) {
            this.collector = collector;
            this.kept = kept;
            this.owner = owner;
        }

        /** Adds to {@code loss}; returns the gradient of what the last layer gives. */
        NDArray head(BatchLoss batchLoss, double scale, NDArray loss) {
            try (NDManager scope = owner.newSubManager()) {
                NDArray leaf = leaf(kept.residuals().get(model.layers().size()), scope);
                Segment segment = kept.segment();
                loss.addi(batchLoss.backward(
                        collector, scale, segment.tokens().ids().getShape(), segment.from(), (piece, rows) -> {
                            // in each piece anew: a backward pass frees what this keeps
                            NDArray stream = kept.entry().withoutPrompt(Weight.in(piece, leaf));
                            return forward.hidden(rows.of(piece, stream));
                        }));
                return gradient(leaf, owner);
            }
        }

        /**
         * Goes down through the layers and the embedding.
         *
         * @param top gradient of what the last layer gives
         * @param toEnd gradient of the state that each layer leaves, or null where nothing depends on it
         * @return gradient of the state that each layer starts from, or null for the first segment
         */
        List<LayerState> layers(NDArray top, List<LayerState> toEnd) {
            boolean first = kept.start() == null;
            List<LayerState> toStart = new ArrayList<>();
            NDArray g = top;
            for (int i = model.layers().size() - 1; i >= 0; i--) {
                try (NDManager scope = owner.newSubManager()) {
                    NDArray leaf = leaf(kept.residuals().get(i), scope);
                    LayerState start = first ? null : leaf(kept.start().layers().get(i), scope);
                    Mixer.Pass pass = forward.layer(i, leaf, start, kept.entry().lengths());
                    NDArray target = weighted(pass.residual(), g, scope);
                    if (toEnd != null) {
                        LayerState end = toEnd.get(i);
                        target = target.add(weighted(pass.state().convWindow(), end.convWindow(), scope))
                                .add(weighted(pass.state().state(), end.state(), scope));
                    }
                    collector.backward(target);
                    g = gradient(leaf, owner);
                    if (!first) {
                        toStart.add(
                                0, new LayerState(gradient(start.convWindow(), owner), gradient(start.state(), owner)));
                    }
                }
            }
            embedding(g);
            return first ? null : toStart;
        }

        private void embedding(NDArray g) {
            try (NDManager scope = owner.newSubManager()) {
                TokenBatch tokens = kept.segment().tokens();
                tokens.ids().attach(scope);
                NDArray entered = forward.enter(tokens, kept.start() == null).residual();
                // where nothing of it is trained there would be nothing to differentiate without a leaf
                NDArray leaf = leaf(scope.zeros(new Shape()), scope);
                collector.backward(weighted(entered, g, scope).add(leaf));
            }
        }
    }

    private static NDArray leaf(NDArray kept, NDManager scope) {
        kept.attach(scope);
        kept.setRequiresGradient(true);
        return kept;
    }

    private static LayerState leaf(LayerState kept, NDManager scope) {
        return new LayerState(leaf(kept.convWindow(), scope), leaf(kept.state(), scope));
    }

    private static NDArray gradient(NDArray leaf, NDManager owner) {
        NDArray gradient = leaf.getGradient();
        gradient.attach(owner);
        return gradient;
    }

    /** {@code Σ out·g}, whose gradient by {@code out} is {@code g}; takes over {@code g}. */
    private static NDArray weighted(NDArray out, NDArray g, NDManager scope) {
        g.attach(scope);
        return out.mul(g).sum();
    }
}
