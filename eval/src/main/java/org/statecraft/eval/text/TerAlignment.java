package org.statecraft.eval.text;

import java.util.Arrays;

/**
 * Which word of a reference stands for which word of a prediction after the fewest edits, moves aside.
 *
 * <p>A table of edit distances between all beginnings, row by row over the prediction. Cells far from the diagonal are not looked at, and of
 * equally cheap ways a replacement comes before a deletion and that before an insertion: as sacrebleu has it, because other choices
 * lead to other moves. A moved prediction shares its first rows with the one aligned before, so only the rest is computed.
 */
final class TerAlignment {
    private static final int BEAM = 25;
    private static final int UNREACHED = 1 << 29;

    private final int[] reference;
    private int[] words = {};
    private int[][] table;
    private int[][] trial;

    /** For each word of the reference the position in the prediction that is its own or, if it is missing there, the one before. */
    private final int[] partners;

    /** How many words before a position are not matched by an equal one. */
    private final int[] wrongInReference;

    private int[] wrongInPrediction;

    TerAlignment(int[] reference) {
        this.reference = reference;
        this.partners = new int[reference.length];
        this.wrongInReference = new int[reference.length + 1];
    }

    /** Aligns a prediction; all of them have the same length. */
    void align(int[] prediction) {
        if (table == null) {
            table = new int[prediction.length + 1][reference.length + 1];
            trial = new int[prediction.length + 1][reference.length + 1];
            wrongInPrediction = new int[prediction.length + 1];
            for (int j = 0; j <= reference.length; j++) {
                table[0][j] = j;
            }
        }
        words = prediction;
        fill(table, prediction, 0, UNREACHED);
        trace();
    }

    /** Edits of the aligned prediction. */
    int distance() {
        return table[words.length][reference.length];
    }

    /** Edits of a moved prediction, or some number above {@code limit} if there are more than that. */
    int distance(int[] prediction, int limit) {
        int same = 0;
        while (same < words.length && words[same] == prediction[same]) {
            same++;
        }
        if (same == words.length) {
            return distance();
        }
        return fill(trial, prediction, same, limit);
    }

    int partner(int referenceWord) {
        return partners[referenceWord];
    }

    boolean wrongInPrediction(int from, int run) {
        return wrongInPrediction[from + run] > wrongInPrediction[from];
    }

    boolean wrongInReference(int from, int run) {
        return wrongInReference[from + run] > wrongInReference[from];
    }

    /** Computes the rows after the first {@code known}, which are those of the aligned prediction, until one has only cells above a limit. */
    private int fill(int[][] rows, int[] prediction, int known, int limit) {
        double ratio = prediction.length == 0 ? 1 : (double) reference.length / prediction.length;
        int beam = BEAM < ratio / 2 ? (int) Math.ceil(ratio / 2 + BEAM) : BEAM;
        int[] row = table[known];
        for (int i = known + 1; i <= prediction.length; i++) {
            int diagonal = (int) Math.floor(i * ratio);
            int first = Math.max(0, diagonal - beam);
            int end = i == prediction.length ? reference.length + 1 : Math.min(reference.length + 1, diagonal + beam);
            int least = fillRow(row, rows[i], prediction[i - 1], first, end);
            if (least > limit) {
                return least;
            }
            row = rows[i];
        }
        return row[reference.length];
    }

    /** The least number in the row, below which no later one can fall. */
    private int fillRow(int[] above, int[] row, int word, int first, int end) {
        Arrays.fill(row, UNREACHED);
        int least = UNREACHED;
        for (int j = first; j < end; j++) {
            int edits = above[j] + 1;
            if (j > 0) {
                int replaced = above[j - 1] + (word == reference[j - 1] ? 0 : 1);
                edits = Math.min(replaced, Math.min(edits, row[j - 1] + 1));
            }
            row[j] = Math.min(edits, UNREACHED);
            least = Math.min(least, row[j]);
        }
        return least;
    }

    /** Walks back from the end of both texts. */
    private void trace() {
        int i = words.length;
        int j = reference.length;
        int[] wrongWords = new int[words.length];
        int[] wrongReferences = new int[reference.length];
        while (i > 0 || j > 0) {
            if (i > 0 && j > 0 && table[i][j] == table[i - 1][j - 1] + cost(i, j)) {
                i--;
                j--;
                partners[j] = i;
                wrongWords[i] = words[i] == reference[j] ? 0 : 1;
                wrongReferences[j] = wrongWords[i];
            } else if (i > 0 && table[i][j] == table[i - 1][j] + 1) {
                i--;
                wrongWords[i] = 1;
            } else {
                j--;
                partners[j] = i - 1;
                wrongReferences[j] = 1;
            }
        }
        sum(wrongWords, wrongInPrediction);
        sum(wrongReferences, wrongInReference);
    }

    private int cost(int i, int j) {
        return words[i - 1] == reference[j - 1] ? 0 : 1;
    }

    private static void sum(int[] wrong, int[] before) {
        for (int k = 0; k < wrong.length; k++) {
            before[k + 1] = before[k] + wrong[k];
        }
    }
}
