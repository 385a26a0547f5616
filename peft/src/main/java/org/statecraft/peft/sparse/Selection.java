package org.statecraft.peft.sparse;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.statecraft.model.InputException;
import org.statecraft.model.LayerShape;
import org.statecraft.model.mamba1.Mamba1Shape;

/**
 * What a warm-up found worth training, layer by layer. It is part of the adapter's configuration.
 *
 * @param layers ascending
 */
public record Selection(List<Kept> layers) {
    public Selection {
        layers = List.copyOf(layers);
    }

    /**
     * What is kept in one layer; all indices ascend.
     *
     * @param channels channels (Mamba-1) or heads (Mamba-2)
     * @param states columns of the state: for each of the channels (Mamba-1), or for each group (Mamba-2)
     */
    public record Kept(int layer, List<Integer> channels, List<List<Integer>> states) {
        public Kept {
            channels = List.copyOf(channels);
            states = List.copyOf(states);
        }

        /**
         * Channels by {@code Σ_n δ²}, and in each of them states by {@code δ²}.
         *
         * @param delta change of {@code A_log}, {@code [dInner, state]}
         */
        static Kept mamba1(int layer, float[] delta, int state, SparseConfig config) {
            int inner = delta.length / state;
            double[] scores = new double[inner];
            for (int i = 0; i < delta.length; i++) {
                scores[i / state] += square(delta[i]);
            }
            List<Integer> channels = highest(scores, SparseConfig.kept(inner, config.channels()));
            List<List<Integer>> states = channels.stream()
                    .map(channel -> highest(
                            IntStream.range(0, state)
                                    .mapToDouble(n -> square(delta[channel * state + n]))
                                    .toArray(),
                            SparseConfig.kept(state, config.states())))
                    .toList();
            return new Kept(layer, channels, states);
        }

        /**
         * Heads by {@code δ²} of {@code A_log}, states of each group by {@code Σ δ²} over their rows of B and of C.
         *
         * @param delta change of {@code A_log}, {@code [heads]}
         * @param rows change of the rows B and C of {@code in_proj}, {@code [2·groups·state, dModel]}
         */
        static Kept mamba2(int layer, float[] delta, float[] rows, LayerShape s, SparseConfig config) {
            double[] heads = IntStream.range(0, delta.length)
                    .mapToDouble(h -> square(delta[h]))
                    .toArray();
            int half = rows.length / 2;
            int width = Math.toIntExact(s.dModel());
            int state = Math.toIntExact(s.state());
            List<List<Integer>> states = new ArrayList<>();
            for (int g = 0; g < s.groups(); g++) {
                double[] scores = new double[state];
                for (int i = 0; i < state * width; i++) {
                    int at = g * state * width + i;
                    scores[i / width] += square(rows[at]) + square(rows[half + at]);
                }
                states.add(highest(scores, SparseConfig.kept(state, config.states())));
            }
            return new Kept(layer, highest(heads, SparseConfig.kept(delta.length, config.channels())), states);
        }

        private static double square(double value) {
            return value * value;
        }

        /** Indices of the highest scores, of equal ones the first. */
        private static List<Integer> highest(double[] scores, int count) {
            return IntStream.range(0, scores.length)
                    .boxed()
                    .sorted(Comparator.<Integer>comparingDouble(i -> -scores[i]).thenComparing(i -> i))
                    .limit(count)
                    .sorted()
                    .toList();
        }

        void requireFits(LayerShape s) {
            boolean mamba1 = s instanceof Mamba1Shape;
            long rows = mamba1 ? s.dInner() : s.heads();
            boolean fits = states.size() == (mamba1 ? channels.size() : s.groups())
                    && channels.stream().allMatch(channel -> channel >= 0 && channel < rows)
                    && states.stream().flatMap(List::stream).allMatch(n -> n >= 0 && n < s.state());
            if (!fits) {
                throw new InputException("the selection of layer " + layer + " does not fit one with "
                        + (mamba1 ? "channels" : "heads") + " 0 to " + (rows - 1) + ", groups " + s.groups()
                        + " and states 0 to " + (s.state() - 1) + "; the adapter belongs to another model");
            }
        }
    }

    /** For {@code adapter_config.json}. */
    List<Map<String, Object>> toJson() {
        return layers.stream()
                .map(kept -> {
                    Map<String, Object> fields = new LinkedHashMap<>();
                    fields.put("layer", kept.layer);
                    fields.put("channels", kept.channels);
                    fields.put("states", kept.states);
                    return fields;
                })
                .toList();
    }

    /** As {@link #toJson} wrote it. */
    static Selection of(JsonNode json) {
        List<Kept> layers = new ArrayList<>();
        for (JsonNode kept : json) {
            List<List<Integer>> states = new ArrayList<>();
            kept.path("states").forEach(list -> states.add(indices(list)));
            layers.add(new Kept(kept.path("layer").asInt(-1), indices(kept.path("channels")), states));
        }
        return new Selection(layers);
    }

    private static List<Integer> indices(JsonNode list) {
        List<Integer> indices = new ArrayList<>();
        list.forEach(index -> indices.add(index.asInt(-1)));
        return List.copyOf(indices);
    }
}
