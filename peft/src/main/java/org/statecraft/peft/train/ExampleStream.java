package org.statecraft.peft.train;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.statecraft.peft.train.TrainingData.Example;

/**
 * An endless sequence of examples: every pass visits each once, in an order that depends on seed and number of the pass only.
 * What is taken may reach from one pass into the next, so that all batches are full.
 */
final class ExampleStream {
    private final TrainingData data;
    private final long seed;
    private long shuffledEpoch = -1;
    private int[] order;

    ExampleStream(TrainingData data, long seed) {
        this.data = data;
        this.seed = seed;
    }

    /** Where the cursor stands after so many more examples. */
    Cursor advance(Cursor cursor, int count) {
        Cursor at = cursor;
        for (int i = 0; i < count; i++) {
            at = at.next(data.size());
        }
        return at;
    }

    List<Example> take(Cursor from, int count) {
        List<Example> taken = new ArrayList<>(count);
        Cursor at = from;
        for (int i = 0; i < count; i++) {
            taken.add(data.example(order(at.epoch())[at.position()]));
            at = at.next(data.size());
        }
        return taken;
    }

    private int[] order(long epoch) {
        if (epoch != shuffledEpoch) {
            // mixed once before the number is added: generators whose seeds differ by a multiple of the gamma overlap
            SplittableRandom random = new SplittableRandom(new SplittableRandom(seed).nextLong() + epoch);
            order = IntStream.range(0, data.size()).toArray();
            for (int i = order.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int swapped = order[i];
                order[i] = order[j];
                order[j] = swapped;
            }
            shuffledEpoch = epoch;
        }
        return order;
    }
}
