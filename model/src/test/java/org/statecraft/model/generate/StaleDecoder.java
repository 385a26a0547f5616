package org.statecraft.model.generate;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.statecraft.model.Decoder;
import org.statecraft.model.Kernel;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Layer;
import org.statecraft.model.LayerState;
import org.statecraft.model.Mixer;
import org.statecraft.model.ModelState;

/** A decoder with a mistake: when rows change their places, a part of what they carry stays behind. */
final class StaleDecoder implements Decoder {
    /** What stays. */
    enum Stale {
        WINDOWS,
        STATES,
        BOTH
    }

    private final LanguageModel model;
    private final Kernel kernel;
    private final Stale stale;
    private Decoder inner;
    private int rows;

    private StaleDecoder(LanguageModel model, ModelState start, Kernel kernel, Stale stale) {
        this.model = model;
        this.kernel = kernel;
        this.stale = stale;
        this.rows = (int) start.layers().get(0).state().getShape().get(0);
        this.inner = kernel.decoder(model, start);
    }

    /** A kernel whose decoders have the mistake. */
    static Kernel kernel(Kernel sound, Stale stale) {
        return new Kernel() {
            @Override
            public String name() {
                return sound.name();
            }

            @Override
            public Mixer mixer(Layer layer) {
                return sound.mixer(layer);
            }

            @Override
            public Decoder decoder(LanguageModel model, ModelState start) {
                return new StaleDecoder(model, start, sound, stale);
            }
        };
    }

    @Override
    public NDArray step(int[] tokens) {
        return inner.step(tokens);
    }

    @Override
    public void keep(int[] chosen) {
        if (chosen.length == rows) {
            ModelState before = inner.state();
            ModelState after = before.rows(chosen);
            List<LayerState> mixed = new ArrayList<>();
            IntStream.range(0, after.layers().size()).forEach(i -> {
                LayerState old = before.layers().get(i);
                LayerState moved = after.layers().get(i);
                mixed.add(new LayerState(
                        stale == Stale.STATES ? moved.convWindow() : old.convWindow(),
                        stale == Stale.WINDOWS ? moved.state() : old.state()));
            });
            Decoder next = kernel.decoder(model, new ModelState(mixed));
            inner.close();
            inner = next;
        } else {
            inner.keep(chosen);
            rows = chosen.length;
        }
    }

    @Override
    public ModelState state() {
        return inner.state();
    }

    @Override
    public void close() {
        inner.close();
    }
}
