package org.statecraft.peft.train;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.statecraft.model.CrossEntropy;

/** Prompts with answers, of which only the answers are trained. */
final class AnswerExamples implements TrainingData {
    private final String name;
    private final List<ExampleForm.Encoded> examples;
    private final Order order;

    /**
     * Examples in the order of their file.
     *
     * @param name of the data, for messages
     */
    AnswerExamples(String name, List<ExampleForm.Encoded> examples, Order order) {
        this.name = name;
        this.examples = List.copyOf(examples);
        this.order = order;
    }

    @Override
    public int size() {
        return examples.size();
    }

    @Override
    public Example example(int index) {
        ExampleForm.Encoded encoded = examples.get(index);
        int[] labels = encoded.ids().clone();
        Arrays.fill(labels, 0, encoded.answerFrom(), CrossEntropy.IGNORED);
        return new Example(encoded.ids(), labels);
    }

    @Override
    public Order order() {
        return order;
    }

    @Override
    public String fingerprint() {
        CRC32C sum = new CRC32C();
        for (ExampleForm.Encoded encoded : examples) {
            ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * (encoded.ids().length + 2));
            bytes.putInt(encoded.ids().length).putInt(encoded.answerFrom());
            for (int id : encoded.ids()) {
                bytes.putInt(id);
            }
            sum.update(bytes.flip());
        }
        return "%d examples, %s, crc32c %08x".formatted(examples.size(), order, sum.getValue());
    }

    @Override
    public String toString() {
        return name;
    }
}
