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
     * @param from position of its first token
     * @param residuals for each layer, and behind the last one
     * @param start for each layer; null in the first segment, whose start the adapters make
     */
    private record Segment(
            TokenBatch tokens, long from, ForwardPass.Entry entry, List<NDArray> residuals, ModelState start) {}

    @Override
    public NDArray add(TokenBatch batch, NDArray labels, double scale) {
        NDManager caller = batch.ids().getManager();
        try (NDManager kept = caller.newSubManager()) {
            TokenBatch tokens = batch.predicting(labels);
            BatchLoss batchLoss = new BatchLoss(model, objective, tokens, labels, kept);
            List<Segment> segments = Unrecorded.call(() -> segments(tokens, kept));
            try (GradientCollector collector = caller.getEngine().newGradientCollector()) {
                NDArray loss = caller.zeros(new Shape());
                List<LayerState> toState = null;
                for (int s = segments.size() - 1; s >= 0; s--) {
                    Backward backward = new Backward(collector, segments.get(s), kept);
                    NDArray g = backward.head(batchLoss, scale, loss);
                    toState = backward.layers(g, toState);
                }
                return loss;
            }
        }
    }

    private List<Segment> segments(TokenBatch batch, NDManager kept) {
        long length = batch.ids().getShape().get(1);
        long step = ForwardPass.segmentLength(batch);
        List<Segment> segments = new ArrayList<>();
        ModelState state = null;
        for (long from = 0; from < length; from += step) {
            TokenBatch tokens = batch.slice(from, Math.min(length, from + step));
            tokens.ids().attach(kept);
            ForwardPass.Entry entry = forward.enter(tokens, state == null);
            Segment segment = new Segment(tokens, from, entry, new ArrayList<>(List.of(entry.residual())), state);
            state = run(segment, kept);
            segments.add(segment);
        }
        return segments;
    }

    /** Runs the layers and notes what each of them gives. */
    private ModelState run(Segment segment, NDManager kept) {
        List<LayerState> states = new ArrayList<>();
        for (int i = 0; i < model.layers().size(); i++) {
            try (NDManager scope = kept.newSubManager()) {
                NDArray input = Weight.in(scope, segment.residuals().get(i));
                LayerState carried = segment.start() == null
                        ? null
                        : segment.start().layers().get(i);
                Mixer.Pass pass =
                        forward.layer(i, input, carried, segment.entry().lengths());
                LayerState state = pass.state().compact();
                pass.residual().attach(kept);
                state.attach(kept);
                segment.residuals().add(pass.residual());
                states.add(state);
            }
        }
        return new ModelState(states);
    }

    /** The backward pass through one segment; it takes over and frees what was kept for it. */
    private final class Backward {
        private final GradientCollector collector;
        private final Segment segment;
        private final NDManager kept;

        Backward(GradientCollector collector, Segment segment, NDManager kept) {
            this.collector = collector;
            this.segment = segment;
            this.kept = kept;
        }

        /** Adds to {@code loss}; returns the gradient of what the last layer gives. */
        NDArray head(BatchLoss batchLoss, double scale, NDArray loss) {
            try (NDManager scope = kept.newSubManager()) {
                NDArray leaf = leaf(segment.residuals().get(model.layers().size()), scope);
                NDArray tokens = segment.entry().withoutPrompt(leaf);
                loss.addi(batchLoss.backward(collector, scale, tokens, segment.from(), forward::hidden));
                return gradient(leaf, kept);
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
            boolean first = segment.start() == null;
            List<LayerState> toStart = new ArrayList<>();
            NDArray g = top;
            for (int i = model.layers().size() - 1; i >= 0; i--) {
                try (NDManager scope = kept.newSubManager()) {
                    NDArray leaf = leaf(segment.residuals().get(i), scope);
                    LayerState start =
                            first ? null : leaf(segment.start().layers().get(i), scope);
                    Mixer.Pass pass =
                            forward.layer(i, leaf, start, segment.entry().lengths());
                    NDArray target = weighted(pass.residual(), g, scope);
                    if (toEnd != null) {
                        LayerState end = toEnd.get(i);
                        target = target.add(weighted(pass.state().convWindow(), end.convWindow(), scope))
                                .add(weighted(pass.state().state(), end.state(), scope));
                    }
                    collector.backward(target);
                    g = gradient(leaf, kept);
                    if (!first) {
                        toStart.add(
                                0, new LayerState(gradient(start.convWindow(), kept), gradient(start.state(), kept)));
                    }
                }
            }
            embedding(g);
            return first ? null : toStart;
        }

        private void embedding(NDArray g) {
            try (NDManager scope = kept.newSubManager()) {
                TokenBatch tokens = segment.tokens();
                tokens.ids().attach(scope);
                NDArray entered = forward.enter(tokens, segment.start() == null).residual();
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
