package org.statecraft.peft.train;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.statecraft.peft.train.TrainingData.Example;
import org.statecraft.peft.train.TrainingData.Order;

/**
 * An endless sequence of examples: every pass visits each once, in an order that depends on seed and number of the pass only.
 * What is taken may reach from one pass into the next, so that all batches are full.
 */
final class ExampleStream {
    private final TrainingData data;
    private final long seed;
    /** Null where length decides nothing. */
    private final LengthBuckets buckets;

    private long shuffledEpoch = -1;
    private int[] order;

    /**
     * The stream of a training.
     *
     * @param batch examples of one forward pass, by which {@link TrainingData.Order#BUCKETED} data is arranged
     */
    ExampleStream(TrainingData data, long seed, int batch) {
        this.data = data;
        this.seed = seed;
        this.buckets = data.order() == Order.BUCKETED ? new LengthBuckets(lengths(data), batch) : null;
    }

    private static int[] lengths(TrainingData data) {
        return IntStream.range(0, data.size())
                .map(i -> data.example(i).ids().length)
                .toArray();
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
            if (buckets != null) {
                order = buckets.arrange(epoch, order, random);
            }
            shuffledEpoch = epoch;
        }
        return order;
    }
}
