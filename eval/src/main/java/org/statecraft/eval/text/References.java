package org.statecraft.eval.text;

import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import org.statecraft.model.InputException;

/** What the metrics have in common in the way they read references. */
final class References {
    /** The version of sacrebleu whose numbers and signatures these are. */
    static final String SACREBLEU = "2.6.0";

    private References() {}

    /** The references that there are: null stands for one that is missing, an empty text for a reference without words. */
    static List<String> present(List<String> references) {
        List<String> present = references.stream().filter(Objects::nonNull).toList();
        if (present.isEmpty()) {
            throw new InputException(
                    "A document has no reference text to be scored against; give it at least one, which may be empty, or leave the document out.");
        }
        return present;
    }

    /** The sum of the statistics of documents, in their order. */
    static double[] sum(
            List<String> predictions,
            List<List<String>> references,
            int length,
            BiFunction<String, List<String>, double[]> statistics) {
        if (predictions.size() != references.size()) {
            throw new InputException(
                    "There are " + predictions.size() + " predictions and references for " + references.size()
                            + " documents; every document needs one prediction and its list of references.");
        }
        double[] sum = new double[length];
        for (int i = 0; i < predictions.size(); i++) {
            double[] one = statistics.apply(predictions.get(i), references.get(i));
            for (int k = 0; k < length; k++) {
                sum[k] += one[k];
            }
        }
        return sum;
    }

    /** The part of a signature that counts references: a number, or {@code var} if documents differ in it. */
    static String count(List<List<String>> references) {
        List<Integer> counts =
                references.stream().map(list -> present(list).size()).distinct().toList();
        return "nrefs:" + (counts.size() == 1 ? counts.get(0).toString() : "var");
    }
}
