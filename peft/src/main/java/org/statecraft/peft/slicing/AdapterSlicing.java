package org.statecraft.peft.slicing;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.files.IoFailures;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.peft.Axis;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.Together;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.files.AdapterFiles;

/**
 * Has an adapter follow its model when that is sliced: every tensor keeps the entries that belong to what its layer keeps, told by
 * {@link TunableAdapter#axes()}. The sliced adapter does in the sliced model what the whole one does in the whole model when
 * what is removed is 0 in both.
 */
public final class AdapterSlicing {
    private AdapterSlicing() {}

    /**
     * The adapter for a sliced model.
     *
     * @param model that the adapter was made for, without it
     * @param kept what each layer keeps
     * @param sliced the model with exactly that
     * @return to be closed by the caller; the given one stays as it is
     * @throws InputException when the slices do not fit the model, or the adapter cannot follow them
     */
    public static TunableAdapter slice(
            TunableAdapter adapter, LanguageModel model, List<LayerSlice> kept, LanguageModel sliced) {
        if (kept.size() != model.layers().size()) {
            throw new InputException(
                    kept.size() + " slices for a model of " + model.layers().size() + " layers; expected one for each");
        }
        for (int layer = 0; layer < kept.size(); layer++) {
            kept.get(layer).check(model.layers().get(layer).shape(), layer);
        }
        return adapter instanceof Together together
                ? parts(together, model, kept, sliced)
                : one(adapter, model, kept, sliced);
    }

    private static Together parts(Together together, LanguageModel model, List<LayerSlice> kept, LanguageModel sliced) {
        List<TunableAdapter> parts = new ArrayList<>();
        LanguageModel before = model;
        LanguageModel after = sliced;
        try {
            for (TunableAdapter part : together.parts()) {
                TunableAdapter follows = slice(part, before, kept, after);
                parts.add(follows);
                before = before.with(part);
                after = after.with(follows);
            }
            return new Together(parts);
        } catch (RuntimeException e) {
            parts.forEach(TunableAdapter::close);
            throw e;
        }
    }

    private static TunableAdapter one(
            TunableAdapter adapter, LanguageModel model, List<LayerSlice> kept, LanguageModel sliced) {
        try (NDManager scope = model.newScope()) {
            Map<String, NDArray> tensors = new LinkedHashMap<>();
            Map<String, List<Integer>> covered = new LinkedHashMap<>();
            adapter.stored().forEach((key, tensor) -> {
                int layer = PeftKeys.layer(key);
                if (layer < 0) {
                    tensors.put(key, tensor); // outside the layers, where nothing is sliced
                    return;
                }
                KeptEntries entries = new KeptEntries(model.layers().get(layer).shape(), kept.get(layer));
                List<Integer> some = adapter.covered().get(key);
                SlicedTensor slice = new SlicedTensor(entries, tensor, axes(adapter, key), some);
                if (some == null || !slice.stillCovered().isEmpty()) {
                    tensors.put(key, slice.values(scope));
                }
                if (some != null && !slice.stillCovered().isEmpty()) {
                    covered.put(key, slice.stillCovered());
                }
            });
            if (tensors.isEmpty()) {
                throw new InputException("the slice removes all that the adapter of type " + adapter.type()
                        + " acts on; load the sliced model without it");
            }
            return reloaded(new Sliced(adapter, tensors, covered), sliced);
        }
    }

    private static List<Axis> axes(TunableAdapter adapter, String key) {
        List<Axis> axes = adapter.axes().get(key);
        if (axes == null) {
            throw new InputException("the adapter of type " + adapter.type() + " does not say what the axes of " + key
                    + " run along, so it cannot follow a sliced model");
        }
        return axes;
    }

    /** Through a folder: the method's own loader checks that everything fits the sliced model. */
    private static TunableAdapter reloaded(Sliced adapter, LanguageModel sliced) {
        try {
            Path folder = Files.createTempDirectory("statecraft-slice");
            try {
                AdapterFiles.save(adapter, "sliced", folder.resolve("adapter"));
                return AdapterFiles.load(folder.resolve("adapter"), sliced);
            } finally {
                PublishedFolder.remove(folder);
            }
        } catch (IOException e) {
            throw IoFailures.writing(Path.of(System.getProperty("java.io.tmpdir")), e);
        }
    }

    /** An adapter with other tensors, as far as files need it. */
    private record Sliced(TunableAdapter whole, Map<String, NDArray> parameters, Map<String, List<Integer>> covered)
            implements TunableAdapter {

        @Override
        public String type() {
            return whole.type();
        }

        @Override
        public Map<String, Object> config() {
            return whole.config();
        }

        @Override
        public Map<String, List<Axis>> axes() {
            return whole.axes();
        }

        @Override
        public List<Integer> layers() {
            return whole.layers();
        }

        @Override
        public Set<String> movedFirst() {
            return Set.of();
        }

        @Override
        public boolean untrained() {
            return whole.untrained();
        }

        @Override
        public void close() {
            // the tensors belong to the scope of the slicing
        }
    }
}
