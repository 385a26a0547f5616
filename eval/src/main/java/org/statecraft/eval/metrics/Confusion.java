package org.statecraft.eval.metrics;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How often each label was given for each right one. An answer that is no label is a label of its own that is never right.
 *
 * @param counts {@code [right][predicted]}, the last row and column for answers that are no label
 */
record Confusion(long[][] counts) {

    static Confusion of(List<Observation> documents) {
        return of(documents, IntStream.range(0, documents.size()).toArray());
    }

    /** Of the documents at some positions, each as often as it stands there. */
    static Confusion of(List<Observation> documents, int[] drawn) {
        int labels = 1;
        for (Observation document : documents) {
            labels = Math.max(labels, 1 + Math.max(document.predicted(), document.right()));
        }
        long[][] counts = new long[labels + 1][labels + 1];
        for (int position : drawn) {
            Observation document = documents.get(position);
            int predicted = document.predicted() < 0 ? labels : document.predicted();
            counts[document.right()][predicted]++;
        }
        return new Confusion(counts);
    }

    /**
     * The correlation of Matthews in Gorodkin's form for any number of labels, as scikit-learn computes it; 0 where only one label is right
     * or only one was given.
     */
    double matthews() {
        long total = 0;
        long correct = 0;
        double products = 0;
        double rightSquares = 0;
        double predictedSquares = 0;
        for (int label = 0; label < counts.length; label++) {
            int same = label;
            long right = IntStream.range(0, counts.length)
                    .mapToLong(p -> counts[same][p])
                    .sum();
            long predicted = IntStream.range(0, counts.length)
                    .mapToLong(r -> counts[r][same])
                    .sum();
            total += right;
            correct += counts[label][label];
            products += (double) right * predicted;
            rightSquares += (double) right * right;
            predictedSquares += (double) predicted * predicted;
        }
        double square = (double) total * total;
        double scale = Math.sqrt((square - rightSquares) * (square - predictedSquares));
        return scale == 0 ? 0 : ((double) correct * total - products) / scale;
    }

    /** The harmonic mean of precision and recall of the second label; 0 where it is neither right nor given. */
    double f1() {
        int positive = 1;
        if (counts.length < 3) {
            return 0; // nothing but the first label was seen
        }
        long hits = counts[positive][positive];
        long others = 0;
        for (int i = 0; i < counts.length; i++) {
            others += i == positive ? 0 : counts[positive][i] + counts[i][positive];
        }
        return hits + others == 0 ? 0 : 2.0 * hits / (2.0 * hits + others);
    }
}
