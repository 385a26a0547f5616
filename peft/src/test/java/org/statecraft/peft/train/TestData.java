package org.statecraft.peft.train;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.statecraft.peft.train.TrainingData.Example;

/** Small data sets. */
final class TestData {
    private TestData() {}

    /** The rows of {@code [batch, length]} arrays. */
    static TrainingData rows(NDArray ids, NDArray labels) {
        int length = (int) ids.getShape().get(1);
        long[] flatIds = ids.toLongArray();
        long[] flatLabels = labels.toLongArray();
        return of(IntStream.range(0, (int) ids.getShape().get(0))
                .mapToObj(row -> new Example(row(flatIds, row, length), row(flatLabels, row, length)))
                .toList());
    }

    private static int[] row(long[] flat, int row, int length) {
        return Arrays.stream(flat, row * length, (row + 1) * length)
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    static TrainingData of(List<Example> examples) {
        return new TrainingData() {
            @Override
            public int size() {
                return examples.size();
            }

            @Override
            public Example example(int index) {
                return examples.get(index);
            }

            @Override
            public String fingerprint() {
                return examples.size() + " rows";
            }
        };
    }

    /** A text with a pattern that can be learned. */
    static int[] tokens(int count, int vocabulary) {
        SplittableRandom random = new SplittableRandom(5);
        int[] tokens = new int[count];
        for (int i = 1; i < count; i++) {
            tokens[i] = random.nextInt(4) == 0 ? random.nextInt(vocabulary) : (3 * tokens[i - 1] + 7) % vocabulary;
        }
        return tokens;
    }

    static int[] noise(int count, int vocabulary) {
        SplittableRandom random = new SplittableRandom(6);
        return IntStream.generate(() -> random.nextInt(vocabulary)).limit(count).toArray();
    }
}
