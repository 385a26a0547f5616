package org.statecraft.eval.text;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Translation edit rate (Snover et al., 2006) as sacrebleu 2.6.0 computes it by default, after Tercom.
 *
 * <pre>TER = 100 · least edits that make the predictions their references / mean length of the references</pre>
 *
 * <p>An edit inserts, deletes or replaces a word, or moves a run of words. Lower is better, and a bad text can score above 100. Case is
 * ignored; words end at whitespace. Edits and lengths are summed over documents first. Of several references the closest gives the edits,
 * while all give the length.
 */
public final class Ter {
    /** Length of the statistics: edits, and mean length of the references. */
    public static final int STATISTICS = 2;

    private Ter() {}

    /** What one document adds to the corpus. */
    public static double[] statistics(String prediction, List<String> references) {
        List<String> present = References.present(references);
        Map<String, Integer> ids = new HashMap<>();
        int[] words = words(prediction, ids);
        int fewest = Integer.MAX_VALUE;
        int lengths = 0;
        for (String reference : present) {
            int[] wanted = words(reference, ids);
            fewest = Math.min(fewest, new TerShifts(wanted).edits(words));
            lengths += wanted.length;
        }
        return new double[] {fewest, (double) lengths / present.size()};
    }

    /** The rate in percent of the sum of the statistics of any documents. */
    public static double score(double[] sum) {
        if (sum[1] > 0) {
            return 100 * (sum[0] / sum[1]);
        }
        return sum[0] > 0 ? 100 : 0;
    }

    /** The rate of a corpus; {@code references} has one list for each prediction. */
    public static double corpus(List<String> predictions, List<List<String>> references) {
        return score(References.sum(predictions, references, STATISTICS, Ter::statistics));
    }

    /** The rate of one text. */
    public static double sentence(String prediction, List<String> references) {
        return score(statistics(prediction, references));
    }

    /** sacrebleu's one-line description of how a rate came about, to be printed beside it. */
    public static String signature(List<List<String>> references) {
        return References.count(references) + "|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:"
                + References.SACREBLEU;
    }

    /** Numbers for words, equal for equal words. */
    private static int[] words(String text, Map<String, Integer> ids) {
        return Words.split(text.toLowerCase(Locale.ROOT)).stream()
                .mapToInt(word -> ids.computeIfAbsent(word, w -> ids.size()))
                .toArray();
    }
}
