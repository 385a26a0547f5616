package org.statecraft.peft.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LossGradient;
import org.statecraft.peft.TunableAdapter;

/**
 * The gradient of the loss with respect to an adapter that is not trained, over the first batches that a training with that seed
 * would see: what a method looks at before it decides what to train.
 *
 * @param batch examples of one forward pass
 * @param batches forward passes
 * @param seed decides which examples
 */
public record GradientProbe(TrainingData data, int batch, int batches, long seed) {

    /**
     * The gradient of the mean loss over all counted labels; the adapter stays as it is.
     *
     * @param owner of the result
     * @param base the model without this adapter
     * @param cancelled asked before every batch
     * @return by parameter, in its shape; null when cancelled
     */
    public Map<String, NDArray> of(
            NDManager owner, LanguageModel base, TunableAdapter adapter, BooleanSupplier cancelled) {
        ParameterVector parameters = new ParameterVector(adapter.parameters());
        ExampleStream examples = new ExampleStream(data, seed, batch);
        List<TrainingData.Example> rows = examples.take(Cursor.START, Math.multiplyExact(batch, batches));
        List<Batch> passes = IntStream.range(0, batches)
                .mapToObj(i -> new Batch(rows.subList(i * batch, (i + 1) * batch), Rows.PADDED))
                .toList();
        LossGradient gradient = LossGradient.recorded(base.with(adapter));
        GradientStep.Result result = new GradientStep(gradient, parameters, cancelled).run(owner, passes);
        if (result == null) {
            return null;
        }
        Map<String, NDArray> shaped = new LinkedHashMap<>();
        parameters.parts(result.gradient()).forEach((key, part) -> {
            shaped.put(key, part.reshape(parameters.parameters().get(key).getShape()));
        });
        return shaped;
    }
}
