package org.statecraft.peft.train;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Objective;
import org.statecraft.peft.TunableAdapter;

/**
 * What a {@link Trainer} was told.
 *
 * @param validation null for none
 * @param checkpoints folder of the checkpoints, null for none
 * @param settings everything that decides the result, as text by path
 */
record TrainingJob(
        LanguageModel base,
        TunableAdapter adapter,
        TrainingData data,
        TrainingConfig config,
        Objective objective,
        TrainingData validation,
        Path checkpoints,
        TrainingListener listener,
        BooleanSupplier cancelled,
        Map<String, String> settings) {}
