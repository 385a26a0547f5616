package org.statecraft.peft.train;

import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Objective;

/** Mean loss per counted label over all examples of a data set, in order and without gradients. */
final class ValidationLoss {
    private final TrainingData data;
    private final Objective objective;
    private final int batchSize;
    private final Rows rows;
    private final BooleanSupplier cancelled;

    ValidationLoss(TrainingData data, Objective objective, int batchSize, Rows rows, BooleanSupplier cancelled) {
        this.data = data;
        this.objective = objective;
        this.batchSize = batchSize;
        this.rows = rows;
        this.cancelled = cancelled;
    }

    /** In nats per token; empty when cancelled. */
    OptionalDouble of(LanguageModel model) {
        double sum = 0;
        long counted = 0;
        for (int from = 0; from < data.size(); from += batchSize) {
            if (cancelled.getAsBoolean()) {
                return OptionalDouble.empty();
            }
            List<TrainingData.Example> examples = IntStream.range(from, Math.min(from + batchSize, data.size()))
                    .mapToObj(data::example)
                    .toList();
            Batch batch = new Batch(examples, rows);
            try (NDManager scope = model.newScope()) {
                sum += batch.lossSum(model, objective, scope).getFloat();
                counted += batch.counted();
            }
        }
        if (counted == 0) {
            throw new TrainingException(data + ": none of the labels counts; check how the validation data is masked");
        }
        return OptionalDouble.of(sum / counted);
    }
}
