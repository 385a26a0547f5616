package org.statecraft.peft.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.statecraft.model.Weight;
import org.statecraft.model.WeightChange;
import org.statecraft.peft.Axis;
import org.statecraft.peft.Initial;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.Target;
import org.statecraft.peft.TensorSpec;
import org.statecraft.peft.Tensors;

/**
 * The change of one matrix or of some of its rows: {@code W + scale·B·A}, and with a magnitude {@code m ∘ V/‖V‖} by rows.
 *
 * <p>A is {@code [rank, in]} and B {@code [rows, rank]}. For the embedding, a table that is looked up and not multiplied with, peft
 * stores both turned: {@code lora_embedding_A [rank, vocabulary]} and {@code lora_embedding_B [dModel, rank]} add their product's
 * transpose. A convolution counts as the matrix of its channels by its taps.
 */
record LoraSite(Target target, int rank, float scale, boolean magnitude) {
    static final String EMBEDDING = "embeddings";
    static final String MAGNITUDE = "lora_magnitude_vector";

    static LoraSite of(Target target, LoraConfig config) {
        String module = module(target);
        return new LoraSite(
                target,
                config.rankOf(module),
                config.scaleOf(module),
                config.variant().hasMagnitude());
    }

    /** The path of a module in the model, as peft sees it. */
    static String module(Target target) {
        String key = target.key("");
        return key.substring(PeftKeys.PREFIX.length(), key.length() - 1);
    }

    private boolean isTable() {
        return target.name().equals(EMBEDDING);
    }

    /** The factor that starts at random. */
    String randomFactor() {
        return target.key(isTable() ? "lora_embedding_B" : "lora_A.weight");
    }

    /** The factor that starts at 0. */
    String zeroFactor() {
        return target.key(isTable() ? "lora_embedding_A" : "lora_B.weight");
    }

    /**
     * The trained tensors.
     *
     * @param weight the parameter as it is now, whose row norms the magnitude starts from
     */
    List<TensorSpec> specs(Weight weight) {
        Axis rows = target.axes().get(0);
        Axis in = target.axes().get(1);
        List<TensorSpec> specs = new ArrayList<>();
        if (isTable()) {
            specs.add(spec(zeroFactor(), rank, target.rows(), Axis.OWN, rows, Initial.zeros()));
            specs.add(spec(randomFactor(), target.columns(), rank, in, Axis.OWN, Initial.normal(1)));
        } else {
            specs.add(spec(randomFactor(), rank, target.columns(), Axis.OWN, in, Initial.kaimingUniform()));
            specs.add(spec(zeroFactor(), target.rows(), rank, rows, Axis.OWN, Initial.zeros()));
        }
        if (magnitude) {
            Initial norms = (owner, shape, random) -> rowNorms(weight, owner);
            specs.add(new TensorSpec(target.key(MAGNITUDE), new Shape(target.rows()), List.of(rows), norms));
        }
        return specs;
    }

    private static TensorSpec spec(String key, long rows, long columns, Axis row, Axis column, Initial initial) {
        return new TensorSpec(key, new Shape(rows, columns), List.of(row, column), initial);
    }

    private NDArray rowNorms(Weight weight, NDManager owner) {
        try (NDManager scope = owner.newSubManager()) {
            NDArray own = weight.value(scope)
                    .get(new NDIndex().addSliceDim(target.fromRow(), target.fromRow() + target.rows()))
                    .reshape(target.rows(), target.columns());
            NDArray norms = own.square().sum(new int[] {1}).sqrt();
            norms.attach(owner);
            return norms;
        }
    }

    /** The weight with this change on top. */
    Weight change(Weight weight, Tensors tensors) {
        NDArray random = tensors.get(randomFactor());
        NDArray zero = tensors.get(zeroFactor());
        Weight changed = weight.with(new WeightChange.LowRank(random, zero, scale, target.fromRow(), isTable()));
        return magnitude
                ? changed.with(new WeightChange.Magnitude(tensors.get(target.key(MAGNITUDE)), target.fromRow()))
                : changed;
    }
}
