package org.statecraft.peft.prefix;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.statecraft.model.LanguageModel;
import org.statecraft.peft.Axis;
import org.statecraft.peft.Initial;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.TensorSpec;
import org.statecraft.peft.Tensors;

/** Where the rows of a prefix come from. */
sealed interface PrefixRows {
    /** The rows of a layer. */
    String ROWS = "prefix";

    /**
     * The rows of a layer, {@code [tokens, in_proj rows]}.
     *
     * @param scope owns what is computed for it
     */
    NDArray of(int layer, NDManager scope);

    /** The tensors that a configuration trains. */
    static List<TensorSpec> specs(LanguageModel model, PrefixConfig config) {
        List<Integer> layers = config.layers().in(model.layers().size());
        return config.network() == 0
                ? Plain.specs(model, config.tokens(), layers)
                : Network.specs(model, config, layers);
    }

    static PrefixRows over(Tensors tensors, PrefixConfig config) {
        return config.network() == 0 ? new Plain(tensors) : new Network(tensors);
    }

    private static long width(LanguageModel model, int layer) {
        return model.layers().get(layer).shape().projectionRows();
    }

    /** The rows themselves are trained. */
    record Plain(Tensors tensors) implements PrefixRows {
        static List<TensorSpec> specs(LanguageModel model, int tokens, List<Integer> layers) {
            return layers.stream()
                    .map(layer -> new TensorSpec(
                            PeftKeys.mixer(layer, ROWS),
                            new Shape(tokens, width(model, layer)),
                            List.of(Axis.OWN, Axis.PROJECTION),
                            Initial.normal(1)))
                    .toList();
        }

        @Override
        public NDArray of(int layer, NDManager scope) {
            return tensors.get(PeftKeys.mixer(layer, ROWS));
        }
    }

    /**
     * One network for all layers makes the rows: {@code W_l·tanh(V·e + a) + b_l} for each of the learned {@code e [tokens, w]}, with
     * {@code V [hidden, w]} and a {@code W_l [in_proj rows, hidden]} for each layer. {@code w} is the largest number of in_proj rows.
     *
     * <p>What layers share is computed once for each of them: it is as large as the part that is their own, and a backward pass that
     * goes layer by layer needs it anew anyway.
     */
    record Network(Tensors tensors) implements PrefixRows {
        private static final String EMBEDDING = PeftKeys.PREFIX + "prefix_network.embedding";
        private static final String HIDDEN = PeftKeys.PREFIX + "prefix_network.hidden.weight";
        private static final String HIDDEN_BIAS = PeftKeys.PREFIX + "prefix_network.hidden.bias";
        private static final String OUTPUT = "prefix_network.output.weight";
        private static final String OUTPUT_BIAS = "prefix_network.output.bias";

        static List<TensorSpec> specs(LanguageModel model, PrefixConfig config, List<Integer> layers) {
            long width = layers.stream()
                    .mapToLong(layer -> width(model, layer))
                    .max()
                    .orElseThrow();
            long hidden = config.network();
            List<TensorSpec> specs = new ArrayList<>();
            specs.add(spec(EMBEDDING, new Shape(config.tokens(), width), Initial.normal(1), Axis.OWN, Axis.OWN));
            specs.add(spec(HIDDEN, new Shape(hidden, width), Initial.kaimingUniform(), Axis.OWN, Axis.OWN));
            specs.add(spec(HIDDEN_BIAS, new Shape(hidden), Initial.zeros(), Axis.OWN));
            for (int layer : layers) {
                Shape output = new Shape(width(model, layer), hidden);
                specs.add(spec(
                        PeftKeys.mixer(layer, OUTPUT), output, Initial.kaimingUniform(), Axis.PROJECTION, Axis.OWN));
                specs.add(
                        spec(PeftKeys.mixer(layer, OUTPUT_BIAS), output.slice(0, 1), Initial.zeros(), Axis.PROJECTION));
            }
            return specs;
        }

        private static TensorSpec spec(String key, Shape shape, Initial initial, Axis... axes) {
            return new TensorSpec(key, shape, List.of(axes), initial);
        }

        @Override
        public NDArray of(int layer, NDManager scope) {
            if (tensors.get(PeftKeys.mixer(layer, OUTPUT)) == null) {
                return null;
            }
            NDArray hidden = linear(in(scope, EMBEDDING), in(scope, HIDDEN), in(scope, HIDDEN_BIAS))
                    .tanh();
            return linear(
                    hidden, in(scope, PeftKeys.mixer(layer, OUTPUT)), in(scope, PeftKeys.mixer(layer, OUTPUT_BIAS)));
        }

        private static NDArray linear(NDArray x, NDArray weight, NDArray bias) {
            return x.matMul(weight.transpose()).add(bias);
        }

        /** A view that belongs to {@code scope}, so that what is computed from it does too. */
        private NDArray in(NDManager scope, String key) {
            NDArray tensor = tensors.get(key);
            NDArray view = tensor.reshape(tensor.getShape());
            view.attach(scope);
            return view;
        }
    }
}
