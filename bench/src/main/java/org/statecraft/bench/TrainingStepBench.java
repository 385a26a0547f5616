package org.statecraft.bench;

import ai.djl.ndarray.NDManager;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.TokenBatch;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.stateoffset.StateOffset;
import org.statecraft.peft.stateoffset.StateOffsetConfig;
import org.statecraft.peft.train.OptimizerConfig;
import org.statecraft.peft.train.Rows;
import org.statecraft.peft.train.TextWindows;
import org.statecraft.peft.train.Trainer;
import org.statecraft.peft.train.TrainingConfig;
import org.statecraft.peft.train.TrainingListener;

/**
 * An update of an adapter (loss, gradients, clipping, AdamW) against a loss alone on equally many tokens, with the real
 * trainer: between two updates the loss is timed.
 *
 * @param batch rows
 * @param length tokens of a row
 */
record TrainingStepBench(LanguageModel model, long batch, long length, int repetitions) {
    private static final int RANK = 4;

    /** Of a low-rank state-offset adapter, against the loss with it. */
    static Pairs run(LanguageModel model, long batch, long length, int repetitions) {
        try (StateOffset adapter = StateOffset.create(model, StateOffsetConfig.lowRank(RANK), 0)) {
            return new TrainingStepBench(model, batch, length, repetitions).measure(adapter, model.with(adapter));
        }
    }

    /**
     * Trains an adapter.
     *
     * @param floor whose loss is timed
     */
    Pairs measure(TunableAdapter adapter, LanguageModel floor) {
        int rounds = Pairs.WARM_UP + repetitions;
        int[] tokens = new SplittableRandom(1)
                .ints(1 + batch * length * rounds, 0, model.config().vocabSize())
                .toArray();
        TextWindows windows = new TextWindows("random tokens", tokens, Math.toIntExact(length));
        TrainingConfig config = new TrainingConfig(
                OptimizerConfig.adamW(1e-3),
                rounds,
                Math.toIntExact(batch),
                1,
                Rows.PADDED,
                false,
                0,
                0,
                TrainingConfig.EarlyStopping.NEVER,
                TrainingConfig.Keep.LAST,
                0);
        List<int[]> rows =
                Collections.nCopies(Math.toIntExact(batch), windows.example(0).ids());
        Interleaved timing = new Interleaved(rounds, () -> loss(floor, rows));
        new Trainer(model, adapter, windows, config).listen(timing).train();
        return Pairs.of(timing.updates, timing.losses);
    }

    private static void loss(LanguageModel model, List<int[]> rows) {
        try (NDManager scope = model.newScope()) {
            TokenBatch batch = TokenBatch.padded(scope, rows);
            model.lossSum(batch, batch.ids()).getFloat();
        }
    }

    /** Times the update that just ended, then the loss. */
    private static final class Interleaved implements TrainingListener {
        private final double[] updates;
        private final double[] losses;
        private final Runnable loss;
        private long begin = System.nanoTime();

        Interleaved(int rounds, Runnable loss) {
            this.updates = new double[rounds];
            this.losses = new double[rounds];
            this.loss = loss;
        }

        @Override
        public void progress(Progress progress) {
            updates[progress.step() - 1] = (System.nanoTime() - begin) / 1e9;
            losses[progress.step() - 1] = Pairs.seconds(loss);
            begin = System.nanoTime();
        }
    }
}
