package org.statecraft.peft.train;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.statecraft.model.InputException;
import org.statecraft.model.records.DataRecord;
import org.statecraft.model.records.RecordSource;

/** Where the examples come from that a training is validated on. */
public sealed interface Split {

    /** There are none. */
    record None() implements Split {}

    /** A file of their own. */
    record HeldOutFile(RecordSource source) implements Split {}

    /**
     * A part of the training file, which is then not trained on: {@code ceil(share · n)} of its n entries, drawn by the seed.
     * Records that come from one entry of the file, such as the references of one set of triples, stay on one side. The draw
     * depends on seed and number of entries only, whatever is left out later.
     *
     * @param share above 0 and below 1
     */
    record PartOfTraining(double share, long seed) implements Split {

        /** The lines of the entries that are held out. */
        Set<Integer> heldOut(List<DataRecord> records) {
            int[] lines = records.stream().mapToInt(DataRecord::line).distinct().toArray();
            int count = (int) Math.ceil(share * lines.length);
            if (count == lines.length) {
                throw new InputException(records.get(0).file() + " has " + lines.length + " entries, of which " + count
                        + " would be held out and none trained on; use a file with more");
            }
            SplittableRandom random = new SplittableRandom(seed);
            Set<Integer> heldOut = new HashSet<>();
            for (int i = 0; i < count; i++) {
                int j = i + random.nextInt(lines.length - i);
                heldOut.add(lines[j]);
                lines[j] = lines[i];
            }
            return heldOut;
        }
    }
}
