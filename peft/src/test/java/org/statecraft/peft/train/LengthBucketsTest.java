package org.statecraft.peft.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.peft.files.AdapterFiles;
import org.statecraft.peft.train.TrainingData.Order;
import org.statecraft.peft.train.TrainingReport.State;

/** Batches of similar length visit every example once a pass, and a training goes on in the middle of them. */
class LengthBucketsTest {
    private static final int BATCH = 4;

    @TempDir
    Path folder;

    /** Examples whose first token is their number. */
    private static TrainingData ragged(int size, int vocabulary) {
        SplittableRandom random = new SplittableRandom(11);
        List<ExampleForm.Encoded> examples = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int[] ids = random.ints(2 + random.nextInt(30), 0, vocabulary).toArray();
            ids[0] = i;
            examples.add(new ExampleForm.Encoded(ids, 1));
        }
        return new AnswerExamples("ragged", examples, Order.BUCKETED);
    }

    private static List<Integer> numbers(TrainingData data, long seed, int batch, Cursor from, int count) {
        return new ExampleStream(data, seed, batch)
                .take(from, count).stream().map(example -> example.ids()[0]).toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 7, 60, 64})
    void everyExampleComesOnceAPassInAnOrderOfItsOwn(int batch) {
        TrainingData data = ragged(61, 500);
        List<Integer> order = numbers(data, 1, batch, Cursor.START, 5 * 61);

        List<Integer> all = IntStream.range(0, 61).boxed().toList();
        for (int epoch = 0; epoch < 5; epoch++) {
            assertEquals(
                    all,
                    order.subList(61 * epoch, 61 * (epoch + 1)).stream()
                            .sorted()
                            .toList());
        }
        assertNotEquals(order.subList(0, 61), order.subList(61, 122));
        assertEquals(order, numbers(data, 1, batch, Cursor.START, 5 * 61));
        assertNotEquals(order, numbers(data, 2, batch, Cursor.START, 5 * 61));
    }

    /** In one pool no batch reaches into the lengths of another, but for the batches that two passes share. */
    @Test
    void aBatchHasItsLengthsForItself() {
        TrainingData data = ragged(61, 500);
        List<int[]> spans = new ArrayList<>();
        for (int batch = 0; batch < 4 * 61 / BATCH; batch++) {
            int begin = batch * BATCH;
            if (begin / 61 == (begin + BATCH - 1) / 61) {
                Cursor at = new Cursor(begin / 61, begin % 61);
                IntStream lengths = numbers(data, 1, BATCH, at, BATCH).stream()
                        .mapToInt(number -> data.example(number).ids().length);
                var span = lengths.summaryStatistics();
                spans.add(new int[] {begin / 61, span.getMin(), span.getMax()});
            }
        }
        spans.sort(Comparator.comparingInt((int[] span) -> span[0])
                .thenComparingInt(span -> span[1])
                .thenComparingInt(span -> span[2]));
        for (int i = 1; i < spans.size(); i++) {
            int[] before = spans.get(i - 1);
            int[] span = spans.get(i);
            assertTrue(span[0] != before[0] || before[2] <= span[1], "pass " + span[0] + ", batch " + i);
        }
        assertTrue(spans.size() > 50);
    }

    @Test
    void theStreamCanBeTakenUpAtAnyCursor() {
        TrainingData data = ragged(61, 500);
        List<Integer> whole = numbers(data, 1, BATCH, Cursor.START, 200);
        for (int taken = 0; taken < 180; taken += 7) {
            Cursor at = new ExampleStream(data, 1, BATCH).advance(Cursor.START, taken);
            assertEquals(whole.subList(taken, taken + 20), numbers(data, 1, BATCH, at, 20));
        }
    }

    @Test
    void interruptedTrainingContinuesToTheSameBytes() throws IOException {
        byte[] straight = train(folder.resolve("straight"), () -> false, State.COMPLETED);
        for (int question : new int[] {4, 9}) {
            Path checkpoints = folder.resolve("c" + question);
            AtomicInteger asked = new AtomicInteger();
            train(checkpoints, () -> asked.incrementAndGet() >= question, State.CANCELLED);
            assertArrayEquals(straight, train(checkpoints, () -> false, State.COMPLETED));
        }
    }

    private byte[] train(Path checkpoints, BooleanSupplier cancelled, State expected) throws IOException {
        try (TrainingCase c = new TrainingCase()) {
            Setup setup = new Setup();
            setup.batch = 3;
            setup.accumulate = 2;
            setup.steps = 5;
            TrainingReport report = new Trainer(
                            c.model, c.adapter, ragged(11, c.model.config().vocabSize()), setup.config())
                    .checkpointTo(checkpoints)
                    .cancelWhen(cancelled)
                    .resume();
            assertEquals(expected, report.state());
            Path saved = Files.createTempDirectory(folder, "saved").resolve("adapter");
            AdapterFiles.save(c.adapter, "tiny", saved);
            return Files.readAllBytes(saved.resolve("adapter_model.safetensors"));
        }
    }
}
