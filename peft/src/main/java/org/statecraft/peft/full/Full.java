package org.statecraft.peft.full;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.MatrixFormat;
import org.statecraft.model.Weight;
import org.statecraft.model.WeightChange;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.StoredAdapter;
import org.statecraft.peft.StoredSelection;
import org.statecraft.peft.Target;
import org.statecraft.peft.Targets;
import org.statecraft.peft.TensorAdapter;
import org.statecraft.peft.TensorSpec;
import org.statecraft.peft.Tensors;

/**
 * Full fine-tuning of all parameters, or partial of some: it trains copies, and the base model stays as it is. What other
 * methods changed in a parameter before stays on top of its copy. A tied head goes with the embedding.
 *
 * <p>Weight decay pulls towards 0, as in full fine-tuning elsewhere, but leaves {@code A_log}, {@code D} and the biases of step
 * sizes alone, as the authors of Mamba flag them.
 *
 * <p>Source: the sets of Galim et al. 2024 (arXiv 2410.09016); {@code methods/state-offset-tuning.md}, section 2.14.
 */
public final class Full extends TensorAdapter {
    /** {@code peft_type} of stored adapters. */
    public static final String TYPE = "FULL";

    private static final Set<String> UNDECAYED = Set.of("A_log", "D", "dt_bias", "dt_proj.bias");

    private final List<Target> targets;
    private final Map<String, Weight> trained;

    private Full(Tensors tensors, List<Target> targets, LanguageModel model) {
        super(tensors);
        this.targets = targets;
        this.trained = trained(model);
    }

    /**
     * Copies of the present parameters.
     *
     * @throws InputException for targets that match nothing or overlap, and for a model that is not in float32
     */
    public static Full create(LanguageModel model, FullConfig config) {
        List<String> names = config.targets().isEmpty() ? Targets.names(model, config.layers()) : config.targets();
        List<Target> targets = Targets.find(model, names, config.layers());
        requireFloat32(model);
        return new Full(Tensors.create(model, specs(model, targets), 0), targets, model);
    }

    /**
     * An adapter from its folder.
     *
     * @throws InputException when it does not fit the model; every problem is named
     */
    public static Full load(LanguageModel model, StoredAdapter stored) {
        FullConfig config = StoredSelection.read(stored, FullConfig::new);
        requireFloat32(model);
        List<Target> targets = Targets.find(model, config.targets(), config.layers());
        return new Full(Tensors.load(model, stored, specs(model, targets)), targets, model);
    }

    private static void requireFloat32(LanguageModel model) {
        if (model.format() != MatrixFormat.FLOAT32) {
            throw new InputException(
                    "the method full trains copies of the model's parameters in float32, but the model is"
                            + " stored as " + model.format() + "; load it with weights: float32");
        }
    }

    private static List<TensorSpec> specs(LanguageModel model, List<Target> targets) {
        Map<String, Weight> parameters = model.parameters();
        return targets.stream()
                .map(target -> {
                    Weight weight = parameters.get(target.weight());
                    long[] shape = weight.base().getShape().getShape().clone();
                    if (!target.whole() && !weight.shape().equals(weight.base().getShape())) {
                        throw new InputException("full has the target '" + target.name() + "', some rows of "
                                + target.weight() + ", in which additional-scan put rows before; name full first");
                    }
                    shape[0] = target.whole() ? shape[0] : target.rows();
                    return new TensorSpec(
                            key(target), new Shape(shape), target.axes(), Rows.copied(weight.base(), target));
                })
                .toList();
    }

    /** The parameter's own name, that of a slice inside. */
    private static String key(Target target) {
        return target.whole() ? PeftKeys.PREFIX + target.weight() : target.key("weight");
    }

    private Map<String, Weight> trained(LanguageModel model) {
        Map<String, List<Target>> byWeight = new LinkedHashMap<>();
        for (Target target : targets) {
            byWeight.computeIfAbsent(target.weight(), name -> new ArrayList<>()).add(target);
        }
        Map<String, Weight> parameters = model.parameters();
        Map<String, Weight> weights = new LinkedHashMap<>();
        byWeight.forEach((name, parts) -> {
            if (parts.size() == 1 && parts.get(0).whole()) {
                weights.put(name, Weight.of(tensors().get(key(parts.get(0)))));
            } else {
                weights.put(name, Rows.replaced(parameters.get(name).base(), parts, part -> tensors()
                        .get(key(part))));
            }
        });
        return weights;
    }

    @Override
    public Weight weight(String name, Weight weight) {
        Weight replaced = trained.get(name);
        if (replaced == null) {
            return weight;
        }
        for (WeightChange change : weight.changes()) {
            replaced = replaced.with(change);
        }
        return replaced;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, Object> config() {
        return StoredSelection.of(targets);
    }

    /** Copies stand in for what the model has. */
    @Override
    public long addedCount() {
        return 0;
    }

    @Override
    public Set<String> undecayed() {
        return targets.stream()
                .filter(target -> UNDECAYED.contains(target.name()))
                .map(Full::key)
                .collect(Collectors.toSet());
    }
}
