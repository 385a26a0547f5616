package org.statecraft.peft.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Puts examples of similar length into the same batch, so that less is padded.
 *
 * <p>A shuffled pass is cut into pools of some batches; each pool is sorted by length, cut into batches, and its batches are
 * shuffled. Which examples share a batch, and when it comes, so still differ from pass to pass. The examples at the beginning
 * that complete the last batch of the pass before, and those at the end that begin the first of the next, stay as they are.
 */
final class LengthBuckets {
    private static final int BATCHES_OF_POOL = 64;

    private final int[] lengths;
    private final int batch;

    /**
     * Buckets for examples.
     *
     * @param lengths of each example
     * @param batch examples of one forward pass
     */
    LengthBuckets(int[] lengths, int batch) {
        this.lengths = lengths;
        this.batch = batch;
    }

    /** The order of a pass made of its shuffled one. Batches are counted from the first pass on, without a gap. */
    int[] arrange(long epoch, int[] shuffled, SplittableRandom random) {
        int size = shuffled.length;
        int begun = (int) Math.floorMod(Math.multiplyExact(epoch, (long) size), (long) batch);
        int from = Math.min(size, (batch - begun) % batch);
        int to = size - (size - from) % batch;
        int[] arranged = shuffled.clone();
        int pool = Math.multiplyExact(batch, BATCHES_OF_POOL);
        for (int at = from; at < to; at += pool) {
            arrangePool(arranged, at, Math.min(to, at + pool), random);
        }
        return arranged;
    }

    private void arrangePool(int[] order, int from, int to, SplittableRandom random) {
        Integer[] sorted = Arrays.stream(order, from, to).boxed().toArray(Integer[]::new);
        Arrays.sort(sorted, Comparator.comparingInt(example -> lengths[example]));
        List<List<Integer>> batches = new ArrayList<>();
        for (int at = 0; at < sorted.length; at += batch) {
            batches.add(Arrays.asList(sorted).subList(at, at + batch));
        }
        for (int next = from; next < to; next += batch) {
            List<Integer> drawn = batches.remove(random.nextInt(batches.size()));
            for (int i = 0; i < batch; i++) {
                order[next + i] = drawn.get(i);
            }
        }
    }
}
