package org.statecraft.peft.train;

import org.statecraft.peft.train.TrainingConfig.EarlyStopping;
import org.statecraft.peft.train.TrainingConfig.Keep;

/** A training configuration of which a test changes what it is about. */
final class Setup {
    double learningRate = 0.05;
    Schedule schedule = Schedule.COSINE;
    int warmup = 2;
    double weightDecay = 0.01;
    double epsilon = 1e-8;
    double clip = 1;
    int steps = 12;
    int batch = 2;
    int accumulate = 1;
    Rows rows = Rows.PACKED;
    boolean recompute;
    int evaluateEvery = 0;
    int checkpointEvery = 0;
    EarlyStopping earlyStopping = EarlyStopping.NEVER;
    Keep keep = Keep.LAST;
    long seed = 3;

    TrainingConfig config() {
        OptimizerConfig optimizer =
                new OptimizerConfig(learningRate, schedule, warmup, weightDecay, 0.9, 0.99, epsilon, clip);
        return new TrainingConfig(
                optimizer,
                steps,
                batch,
                accumulate,
                rows,
                recompute,
                evaluateEvery,
                checkpointEvery,
                earlyStopping,
                keep,
                seed);
    }
}
