package org.statecraft.eval.text;

/**
 * Counts the edits between a prediction and one reference: moves runs of words as long as that pays, then counts what is left to edit.
 *
 * <p>The best order of moves is too costly to find, so Tercom searches greedily and within limits. The score is defined by that search, its
 * limits included, and therefore followed exactly. Only a run that stands in the reference too is moved, if neither place is right already,
 * to a place beside the words that it belongs to. The move that saves most edits is made; of equal ones the longest run, then the leftmost,
 * then the leftmost place.
 */
final class TerShifts {
    private static final int LONGEST_RUN = 10;
    private static final int FARTHEST = 50;
    private static final int MOST_CANDIDATES = 1000;

    private final int[] reference;
    private final TerAlignment alignment;
    private int candidates;

    /** What the best move of the current round saves, 0 while there is none. */
    private int saved;

    private int length;
    private int start;
    private int target;

    TerShifts(int[] reference) {
        this.reference = reference;
        this.alignment = new TerAlignment(reference);
    }

    int edits(int[] prediction) {
        if (reference.length == 0) {
            return prediction.length;
        }
        int[] words = prediction;
        int moves = 0;
        candidates = 0;
        alignment.align(words);
        while (findBest(words)) {
            words = moved(words, start, length, target);
            moves++;
            alignment.align(words);
        }
        return moves + alignment.distance();
    }

    /** Whether a move saves an edit; none is made any more once too many were tried. */
    private boolean findBest(int[] words) {
        saved = 0;
        for (int from = 0; from < words.length; from++) {
            int first = Math.max(0, from - FARTHEST);
            int last = Math.min(reference.length - 1, from + FARTHEST);
            for (int to = first; to <= last; to++) {
                tryRuns(words, from, to);
                if (candidates >= MOST_CANDIDATES) {
                    return false;
                }
            }
        }
        return saved > 0;
    }

    /** Tries every run that starts at {@code from} in the prediction and at {@code to} in the reference. */
    private void tryRuns(int[] words, int from, int to) {
        int longest = Math.min(LONGEST_RUN, Math.min(words.length - from, reference.length - to));
        for (int run = 1; run <= longest && words[from + run - 1] == reference[to + run - 1]; run++) {
            int partner = alignment.partner(to);
            boolean inPlace = from <= partner && partner < from + run;
            if (!inPlace && alignment.wrongInPrediction(from, run) && alignment.wrongInReference(to, run)) {
                tryPlaces(words, from, to, run);
            }
            if (candidates >= MOST_CANDIDATES) {
                return;
            }
        }
    }

    /** Tries the places behind the partners of the reference word before the run and of those in it. */
    private void tryPlaces(int[] words, int from, int to, int run) {
        int previous = -1;
        for (int word = to - 1; word < to + run; word++) {
            int place = word < 0 ? 0 : alignment.partner(word) + 1;
            if (place == previous) {
                continue;
            }
            previous = place;
            int most = alignment.distance() - Math.max(saved, 1); // no move that leaves more edits can be the best
            int saving = alignment.distance() - alignment.distance(moved(words, from, run, place), most);
            candidates++;
            if (isBetter(saving, run, from, place)) {
                saved = saving;
                length = run;
                start = from;
                target = place;
            }
        }
    }

    private boolean isBetter(int saving, int run, int from, int place) {
        if (saving != saved) {
            return saving > saved;
        }
        if (run != length) {
            return run > length;
        }
        return from != start ? from < start : place < target;
    }

    /** The words with a run moved to before what stands at {@code place}; a place within the run counts from its end. */
    private static int[] moved(int[] words, int from, int run, int place) {
        int before = place > from + run ? place - run : Math.min(place, words.length - run);
        int[] result = new int[words.length];
        System.arraycopy(words, from, result, before, run);
        for (int i = 0, next = 0; i < words.length; i++) {
            if (i < before || i >= before + run) {
                next = next == from ? from + run : next;
                result[i] = words[next++];
            }
        }
        return result;
    }
}
