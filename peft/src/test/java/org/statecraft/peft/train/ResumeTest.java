package org.statecraft.peft.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.InputException;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.peft.files.AdapterFiles;
import org.statecraft.peft.train.TrainingCase.Heard;
import org.statecraft.peft.train.TrainingConfig.Keep;
import org.statecraft.peft.train.TrainingReport.State;

/** A training that was interrupted and resumed ends with the bytes of one that was not. */
class ResumeTest {
    private static final Map<Keep, byte[]> STRAIGHT = new EnumMap<>(Keep.class);

    @TempDir
    static Path references;

    @TempDir
    Path folder;

    private static Setup setup() {
        Setup setup = new Setup();
        setup.evaluateEvery = 3;
        setup.checkpointEvery = 4;
        setup.accumulate = 2;
        return setup;
    }

    private Path checkpoints() {
        return folder.resolve("checkpoints");
    }

    /** What an uninterrupted training ends with. */
    private static byte[] straight(Keep keep) {
        return STRAIGHT.computeIfAbsent(keep, key -> {
            Setup setup = setup();
            setup.keep = key;
            try (TrainingCase c = new TrainingCase()) {
                TrainingReport report = c.trainer(setup).validateOn(c.held).train();
                assertEquals(State.COMPLETED, report.state());
                return Files.readAllBytes(saved(c, Files.createTempDirectory(references, "straight")));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static Path saved(TrainingCase c, Path parent) {
        AdapterFiles.save(c.adapter, "tiny", parent.resolve("adapter"));
        return parent.resolve("adapter").resolve("adapter_model.safetensors");
    }

    /** Trains until the n-th question whether to go on. */
    private static BooleanSupplier stopsAtQuestion(int n) {
        AtomicInteger asked = new AtomicInteger();
        return () -> asked.incrementAndGet() >= n;
    }

    private Path resumed(Setup setup, Heard heard) {
        try (TrainingCase c = new TrainingCase()) {
            TrainingReport report = c.trainer(setup)
                    .validateOn(c.held)
                    .checkpointTo(checkpoints())
                    .listen(heard)
                    .resume();
            assertEquals(State.COMPLETED, report.state());
            assertEquals(setup.steps, report.losses().size());
            return saved(c, folder);
        }
    }

    private static void assertSameBytes(byte[] expected, Path actual) throws IOException {
        assertArrayEquals(expected, Files.readAllBytes(actual));
    }

    /** The numbers stop before the first update, between updates, inside an accumulated update and inside a validation. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 11, 20, 24})
    void cancelledTrainingContinuesToTheSameBytes(int question) throws IOException {
        Setup setup = setup();
        Heard heard = new Heard();
        try (TrainingCase c = new TrainingCase()) {
            TrainingReport report = c.trainer(setup)
                    .validateOn(c.held)
                    .checkpointTo(checkpoints())
                    .listen(heard)
                    .cancelWhen(stopsAtQuestion(question))
                    .train();
            assertEquals(State.CANCELLED, report.state());
            Path last = heard.checkpoints.get(heard.checkpoints.size() - 1);
            assertEquals("%06d".formatted(report.steps()), last.getFileName().toString());
            PublishedFolder.verify(last);
        }
        assertSameBytes(straight(setup.keep), resumed(setup, heard));
    }

    @ParameterizedTest
    @EnumSource(Keep.class)
    void killedTrainingContinuesFromItsLastCheckpoint(Keep keep) throws IOException {
        Setup setup = setup();
        setup.keep = keep;
        int killedAt = 10;
        killAfter(setup, killedAt);
        Heard heard = new Heard();
        assertSameBytes(straight(setup.keep), resumed(setup, heard));
        assertEquals(setup.steps - 8, heard.progress.size(), "begins after the checkpoint of step 8");
    }

    /** An exception out of the listener ends a training like a kill: nothing is written any more. */
    private void killAfter(Setup setup, int step) {
        class Killed extends RuntimeException {}
        TrainingListener kill = new TrainingListener() {
            @Override
            public void progress(Progress progress) {
                if (progress.step() == step) {
                    throw new Killed();
                }
            }
        };
        try (TrainingCase c = new TrainingCase()) {
            Trainer trainer = c.trainer(setup)
                    .validateOn(c.held)
                    .checkpointTo(checkpoints())
                    .listen(kill);
            assertThrows(Killed.class, trainer::train);
        }
    }

    @Test
    void trainingKilledBeforeItsFirstCheckpointBeginsAgain() throws IOException {
        Setup setup = setup();
        killAfter(setup, 2);
        Heard heard = new Heard();
        assertSameBytes(straight(setup.keep), resumed(setup, heard));
        assertEquals(setup.steps, heard.progress.size());
    }

    @Test
    void damagedCheckpointIsPassedOverAndReplaced() throws IOException {
        Setup setup = setup();
        killAfter(setup, 10);
        Path damaged = checkpoints().resolve("000008");
        Path file = damaged.resolve("optimizer.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        Heard heard = new Heard();
        assertSameBytes(straight(setup.keep), resumed(setup, heard));
        assertEquals(setup.steps - 4, heard.progress.size(), "begins after the checkpoint of step 4");
        assertTrue(heard.notes.stream().anyMatch(note -> note.contains("000008") && note.contains("damaged")));
        assertTrue(PublishedFolder.isValid(damaged));
    }

    @Test
    void newestTwoCheckpointsStay() throws IOException {
        Setup setup = setup();
        setup.checkpointEvery = 2;
        Heard heard = new Heard();
        try (TrainingCase c = new TrainingCase()) {
            c.trainer(setup)
                    .validateOn(c.held)
                    .checkpointTo(checkpoints())
                    .listen(heard)
                    .train();
        }
        assertEquals(6, heard.checkpoints.size());
        try (var children = Files.list(checkpoints())) {
            List<String> left =
                    children.map(path -> path.getFileName().toString()).sorted().toList();
            assertEquals(List.of("000010", "000012"), left);
        }
    }

    @Test
    void finishedTrainingIsNotTrainedFurther() throws IOException {
        Setup setup = setup();
        setup.keep = Keep.BEST;
        Path first;
        try (TrainingCase c = new TrainingCase()) {
            c.trainer(setup).validateOn(c.held).checkpointTo(checkpoints()).train();
            first = saved(c, folder.resolve("first"));
        }
        Heard heard = new Heard();
        assertSameBytes(Files.readAllBytes(first), resumed(setup, heard));
        assertTrue(heard.progress.isEmpty());
        assertTrue(heard.checkpoints.isEmpty());
    }

    @Test
    void otherSettingsAreNamedAndRefused() {
        Setup setup = setup();
        killAfter(setup, 10);
        setup.learningRate = 0.06;
        setup.checkpointEvery = 5;
        String message = assertThrows(InputException.class, () -> resumed(setup, new Heard()))
                .getMessage();
        assertTrue(message.contains("training/optimizer/learningRate was 0.05, is 0.06"), message);
        assertFalse(message.contains("checkpointEvery"), message);
    }

    @Test
    void newTrainingDoesNotMixWithOldCheckpoints() {
        Setup setup = setup();
        killAfter(setup, 10);
        try (TrainingCase c = new TrainingCase()) {
            Trainer trainer = c.trainer(setup).validateOn(c.held).checkpointTo(checkpoints());
            assertThrows(InputException.class, trainer::train);
        }
    }
}
