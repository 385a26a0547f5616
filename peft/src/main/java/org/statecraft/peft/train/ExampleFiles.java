package org.statecraft.peft.train;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.statecraft.model.InputException;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.records.DataRecord;
import org.statecraft.model.records.FieldCheck;
import org.statecraft.model.records.Mistakes;
import org.statecraft.model.records.RecordSource;
import org.statecraft.peft.train.TrainingData.Order;

/**
 * Files of records and what is made of them.
 *
 * @param source what is trained on
 * @param split what is validated on
 * @param form how a record becomes an example
 * @param order in which the training goes through them
 * @param problems what becomes of records that cannot be used
 */
public record ExampleFiles(RecordSource source, Split split, ExampleForm form, Order order, Problems problems) {

    /** What becomes of records that cannot be used. */
    public enum Problems {
        /** Nothing is trained. */
        FAIL,
        /** They are left out, and the run says which. */
        SKIP
    }

    /**
     * Examples.
     *
     * @param validation null for none
     */
    public record Sets(TrainingData training, TrainingData validation) {}

    /** Every file that {@link #load} reads. */
    public Set<Path> files() {
        Set<Path> files = new LinkedHashSet<>(source.files());
        if (split instanceof Split.HeldOutFile other) {
            files.addAll(other.source().files());
        }
        return files;
    }

    /**
     * Reads the examples. All files are read to their ends before anything is said about what is wrong with them.
     *
     * @param notes hears what was left out
     * @throws InputException when there is anything to fail about, or nothing left to train or to validate on
     */
    public Sets load(Tokenizer tokenizer, Consumer<String> notes) {
        Reading reading = new Reading(form, tokenizer, new Mistakes());
        List<DataRecord> read = source.read(reading.mistakes());
        List<DataRecord> usable = reading.usable(read);
        List<ExampleForm.Encoded> training;
        List<ExampleForm.Encoded> validation = null;
        Path validated = source.file();
        if (split instanceof Split.PartOfTraining part && !read.isEmpty()) {
            Set<Integer> held = part.heldOut(read);
            validation = reading.encode(usable.stream().filter(record -> held.contains(record.line())));
            training = reading.encode(usable.stream().filter(record -> !held.contains(record.line())));
        } else {
            training = reading.encode(usable.stream());
            if (split instanceof Split.HeldOutFile other) {
                validation = reading.encode(reading.usable(other.source().read(reading.mistakes())).stream());
                validated = other.source().file();
            }
        }
        reading.settle(problems, notes);
        return new Sets(
                set(source.file(), "training", training, order),
                validation == null ? null : set(validated, "validation", validation, Order.SHUFFLED));
    }

    private static TrainingData set(Path file, String use, List<ExampleForm.Encoded> examples, Order order) {
        if (examples.isEmpty()) {
            throw new InputException("no example of " + file + " is left for " + use);
        }
        return new AnswerExamples(file + " (" + use + ")", examples, order);
    }

    /** What happens to every file. */
    private record Reading(ExampleForm form, Tokenizer tokenizer, Mistakes mistakes) {

        List<DataRecord> usable(List<DataRecord> records) {
            return FieldCheck.usable(records, form.fields(), mistakes);
        }

        List<ExampleForm.Encoded> encode(Stream<DataRecord> records) {
            return records.map(record -> form.encode(record, tokenizer, mistakes))
                    .filter(Objects::nonNull)
                    .toList();
        }

        void settle(Problems problems, Consumer<String> notes) {
            if (problems == Problems.FAIL) {
                mistakes.throwIfAny();
            } else if (!mistakes.isEmpty()) {
                notes.accept(mistakes.summary() + " and were left out:");
                mistakes.messages().forEach(notes);
            }
        }
    }
}
