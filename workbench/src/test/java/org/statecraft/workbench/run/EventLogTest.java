package org.statecraft.workbench.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.InputException;

class EventLogTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOON, ZoneOffset.UTC);

    /** One of each type, with what may be missing once there and once not. */
    private static final List<Event> ALL = List.of(
            new Event.RunStarted(NOON, "id", "quickstart", null),
            new Event.RunStarted(NOON, "id", "quickstart", "checkpoints/000100"),
            new Event.StepStarted(NOON, 1, "tune", "state-offset"),
            new Event.Note(NOON, "covers 4 of 4 layers; \"ü\"\nand a second line"),
            new Event.TrainProgress(NOON, 70, 150, 4.012, 1e-2, 12345.0, 62.0, 0.7),
            new Event.TrainProgress(NOON, 71, 150, Double.NaN, 1e-2, null, null, Double.POSITIVE_INFINITY),
            new Event.ValidationScored(NOON, 50, 3.9),
            new Event.CheckpointWritten(NOON, 50, "checkpoints/000050"),
            new Event.EvaluationProgress(NOON, "lambada_openai", 3, 10, 2.5, null),
            new Event.TaskScored(NOON, 2, "after tune", "lambada_openai", "acc", 0.25, 0.01, 5153, true),
            new Event.Generated(NOON, "after tune", "ROMEO:", " what light"),
            new Event.StepFinished(NOON, 1, "tune", 61.5, 24_576L, 4_529_600L, 1L << 30, null),
            new Event.RunFinished(NOON, RunState.FAILED, "no memory"));

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("events.jsonl");
    }

    private void append(List<Event> events) {
        try (EventLog log = EventLog.open(file, CLOCK)) {
            events.forEach(log::append);
        }
    }

    @Test
    void everyTypeOfEventIsReadBackAsItWasWritten() {
        append(ALL);

        assertEquals(ALL, EventLog.read(file));
        assertEquals(
                Set.copyOf(Arrays.asList(Event.class.getPermittedSubclasses())),
                Set.copyOf(EventJson.TYPES.values()),
                "a type without a name in files");
    }

    @Test
    void lineStartsWithTimeAndTypeAndHasOneKeyForEachComponent() throws IOException {
        append(List.of(new Event.TrainProgress(NOON, 1, 2, 4.5, 1e-5, Double.NaN, null, 0.5)));

        assertEquals(
                "{\"time\":\"2026-11-22T12:00:00Z\",\"type\":\"train-progress\",\"step\":1,\"steps\":2,\"loss\":4.5,"
                        + "\"learningRate\":1.0E-5,\"tokensPerSecond\":null,\"secondsLeft\":null,\"gradientNorm\":0.5}\n",
                Files.readString(file));
    }

    @Test
    void tornLastLineIsPassedOverByReadersAndCutOffByTheNextWriter() throws IOException {
        append(ALL.subList(0, 3));
        byte[] whole = Files.readAllBytes(file);
        byte[] next = EventJson.write(ALL.get(3)).getBytes(StandardCharsets.UTF_8);
        for (int length = 1; length <= next.length; length++) {
            Files.write(file, whole);
            Files.write(file, Arrays.copyOf(next, length), StandardOpenOption.APPEND);

            assertEquals(ALL.subList(0, 3), EventLog.read(file), "torn after " + length + " bytes");
            append(List.of());
            assertArrayEquals(whole, Files.readAllBytes(file), "torn after " + length + " bytes");
        }
        append(ALL.subList(3, ALL.size()));
        assertEquals(ALL, EventLog.read(file));
    }

    @Test
    void tornLineLongerThanABlockIsCutOffToo() throws IOException {
        append(ALL);
        Files.writeString(file, "{\"text\":\"" + "x".repeat(50_000), StandardOpenOption.APPEND);

        append(List.of());

        assertEquals(ALL, EventLog.read(file));
        Files.writeString(file, "x".repeat(50_000));
        append(List.of());
        assertEquals(0, Files.size(file));
    }

    @Test
    void damagedLineBeforeTheLastIsAnErrorThatNamesIt() throws IOException {
        append(ALL);
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        for (String damage : List.of(
                "{\"time\":",
                "[]",
                "{\"type\":\"note\",\"time\":\"yesterday\",\"text\":\"\"}",
                "{\"type\":\"checkpoint-written\",\"time\":\"2026-11-22T12:00:00Z\",\"path\":\"x\"}")) {
            lines.set(2, damage);
            Files.write(file, lines);

            String message = assertThrows(InputException.class, () -> EventLog.read(file))
                    .getMessage();
            assertTrue(message.startsWith(file + ":3: not an event"), message);
        }
    }

    @Test
    void unknownTypesAndKeysOfANewerVersionArePassedOver() throws IOException {
        Files.writeString(
                file,
                """
                {"time":"2026-11-22T12:00:00Z","type":"dream","about":[1]}
                {"time":"2026-11-22T12:00:00Z","type":"note","text":"a","color":"red"}
                """);

        assertEquals(List.of(new Event.Note(NOON, "a")), EventLog.read(file));
    }

    @Test
    void listenersSeeEveryEventOnceItIsInTheFile() {
        List<Event> seen = new ArrayList<>();
        try (EventLog log = EventLog.open(file, CLOCK)) {
            log.addListener(event -> {
                seen.add(event);
                assertEquals(seen, EventLog.read(file));
            });
            ALL.forEach(log::append);
            assertEquals(NOON, log.now());
        }
        assertEquals(ALL, seen);
    }

    @Test
    void interruptedThreadCanStillSayThatTheRunWasCancelled() {
        Event end = new Event.RunFinished(NOON, RunState.CANCELLED, null);
        try (EventLog log = EventLog.open(file, CLOCK)) {
            Thread.currentThread().interrupt();
            log.append(end);
            assertTrue(Thread.interrupted());
        }
        assertEquals(List.of(end), EventLog.read(file));
    }
}
