package org.statecraft.peft.bitfit;

import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.WeightChange;
import org.statecraft.peft.Initial;
import org.statecraft.peft.StoredAdapter;
import org.statecraft.peft.StoredSelection;
import org.statecraft.peft.Target;
import org.statecraft.peft.Targets;
import org.statecraft.peft.TensorSpec;
import org.statecraft.peft.Tensors;
import org.statecraft.peft.WeightAdapter;

/**
 * BitFit: {@code bias + delta} for some biases that the model has, {@code delta} from 0, so weight decay pulls towards the
 * pretrained bias. It makes no new biases.
 *
 * <p>Source: Ben Zaken et al. 2022 (arXiv 2106.10199); the biases of Mamba as in Galim et al. 2024 (arXiv 2410.09016).
 */
public final class BitFit extends WeightAdapter {
    /** {@code peft_type} of stored adapters. */
    public static final String TYPE = "BITFIT";

    private static final String DELTA = "delta";

    private final List<Target> targets;

    private BitFit(Tensors tensors, List<Target> targets) {
        super(tensors, changes(tensors, targets));
        this.targets = targets;
    }

    private static Map<String, WeightChange> changes(Tensors tensors, List<Target> targets) {
        Map<String, WeightChange> changes = new LinkedHashMap<>();
        targets.forEach(target -> changes.put(target.weight(), new WeightChange.Added(tensors.get(target.key(DELTA)))));
        return changes;
    }

    /**
     * An untrained adapter.
     *
     * @throws InputException for a bias that the model does not have
     */
    public static BitFit create(LanguageModel model, BitFitConfig config) {
        List<Target> targets = Targets.find(model, config.targetsIn(model), config.layers());
        return new BitFit(Tensors.create(model, specs(targets), 0), targets);
    }

    /**
     * An adapter from its folder.
     *
     * @throws InputException when it does not fit the model; every problem is named
     */
    public static BitFit load(LanguageModel model, StoredAdapter stored) {
        BitFitConfig config = StoredSelection.read(stored, BitFitConfig::new);
        List<Target> targets = Targets.find(model, config.targetsIn(model), config.layers());
        return new BitFit(Tensors.load(model, stored, specs(targets)), targets);
    }

    private static List<TensorSpec> specs(List<Target> targets) {
        return targets.stream()
                .map(target ->
                        new TensorSpec(target.key(DELTA), new Shape(target.rows()), target.axes(), Initial.zeros()))
                .toList();
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, Object> config() {
        return StoredSelection.of(targets);
    }
}
