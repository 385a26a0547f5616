package org.statecraft.workbench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.InputException;
import org.statecraft.model.files.AtomicFiles;

class RunDirectoryTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T10:15:03.9Z"), ZoneId.of("Asia/Tokyo"));

    @TempDir
    Path folder;

    private Path runs() {
        return folder.resolve("some/runs");
    }

    private RunDirectory create(String name, int... random) {
        Iterator<Integer> numbers = Arrays.stream(random).iterator();
        return RunDirectory.create(runs(), name, CLOCK, empty -> {}, below -> numbers.next());
    }

    @Test
    void idIsUniversalTimeThenNameThenFourHexDigits() {
        RunDirectory run = create("quickstart", 0x7f3a);

        assertEquals("2026-11-22T10-15-03-quickstart-7f3a", run.id());
        assertTrue(Files.isDirectory(runs().resolve(run.id())));
        assertEquals(run.path().resolve("results/02-evaluate.json"), run.evaluation(2));
    }

    @Test
    void theScoresOfAStepAreFoundWhateverItsVerb() throws IOException {
        RunDirectory run = create("quickstart", 0x7f3a);
        Files.createDirectories(run.results());
        Files.createFile(run.evaluation(3, "fidelity"));
        Files.createFile(run.evaluation(103, "probe"));

        assertEquals(run.results().resolve("03-fidelity.json"), run.evaluation(3));
        assertEquals(run.results().resolve("03-fidelity"), run.documentSamples(3));
        assertEquals(run.results().resolve("103-probe.json"), run.evaluation(103));
        assertEquals(run.results().resolve("10-evaluate.json"), run.evaluation(10));
    }

    @Test
    void nameIsMadeSafeForFiles() {
        assertEquals(
                "2026-11-22T10-15-03-etc-pass-wd-0001",
                create("../etc/pass wd*", 1).id());
        assertEquals("2026-11-22T10-15-03-run-0002", create("..", 2).id());
        assertEquals(
                "2026-11-22T10-15-03-" + "a".repeat(60) + "-0003",
                create("a".repeat(300), 3).id());
    }

    @Test
    void takenNameIsNotUsedTwice() {
        create("a", 5);

        assertEquals("2026-11-22T10-15-03-a-0006", create("a", 5, 5, 6).id());
    }

    @Test
    void runThatIsBeingMadeIsNotSeen() {
        Consumer<RunDirectory> look = made -> {
            AtomicFiles.writeString(made.recipe(), "name: a\n");
            assertEquals(List.of(), RunDirectory.list(runs()));
        };

        RunDirectory run = RunDirectory.create(runs(), "a", CLOCK, look, below -> 1);

        assertTrue(Files.exists(run.recipe()));
        assertEquals(run.id(), RunDirectory.list(runs()).get(0).id());
    }

    @Test
    void runThatCannotBeMadeLeavesNothing() throws IOException {
        Consumer<RunDirectory> fail = made -> {
            AtomicFiles.writeString(made.recipe(), "name: a\n");
            throw new InputException("no");
        };

        assertThrows(InputException.class, () -> RunDirectory.create(runs(), "a", CLOCK, fail, below -> 1));

        try (Stream<Path> left = Files.list(runs())) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void fileInPlaceOfTheFolderOfRunsIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("some"), "a file");

        String message =
                assertThrows(InputException.class, () -> create("a", 1)).getMessage();
        assertTrue(message.contains("a file stands where a folder is needed: " + file), message);
        assertTrue(message.contains("--runs DIR"), message);
    }

    @Test
    void runIsFoundByPathByIdAndByAnUnambiguousStartOrEnd() {
        RunDirectory run = create("quickstart", 0x7f3a);
        create("other", 0x1234);

        for (String given : List.of(run.path().toString(), run.id(), "7f3a", "2026-11-22T10-15-03-q")) {
            assertEquals(run.id(), RunDirectory.open(runs(), given).id(), given);
        }
    }

    @Test
    void ambiguousIdListsTheRunsThatFit() {
        create("quickstart", 0x7f3a);
        create("other", 0xaf3a);
        create("third", 0x0000);

        String message = assertThrows(InputException.class, () -> RunDirectory.open(runs(), "f3a"))
                .getMessage();
        assertTrue(message.contains("fits 2 runs"), message);
        assertTrue(message.contains("quickstart-7f3a") && message.contains("other-af3a"), message);
        assertTrue(!message.contains("third"), message);
    }

    @Test
    void unknownRunListsTheNewest() {
        for (int i = 0; i < 7; i++) {
            create("a" + i, i);
        }

        String message = assertThrows(InputException.class, () -> RunDirectory.open(runs(), "nothing"))
                .getMessage();
        assertTrue(message.contains("no run 'nothing'") && message.contains("a6-0006"), message);
        assertTrue(!message.contains("a1-0001") && message.contains("and 2 more"), message);
    }

    @Test
    void withoutAnyRunTheMessageSaysHowToStartOne() {
        String message = assertThrows(InputException.class, () -> RunDirectory.open(runs(), "x"))
                .getMessage();
        assertTrue(message.contains("statecraft run RECIPE"), message);
    }

    @Test
    void folderThatIsNoRunIsRefused() {
        String message = assertThrows(InputException.class, () -> RunDirectory.open(runs(), folder.toString()))
                .getMessage();
        assertTrue(message.contains("not a run directory"), message);
    }

    @Test
    void listIsNewestFirstAndHoldsRunsOnly() throws IOException {
        create("b", 1);
        RunDirectory.create(runs(), "a", Clock.offset(CLOCK, Duration.ofSeconds(1)), empty -> {}, below -> 2);
        Files.createDirectory(runs().resolve("notes"));

        assertEquals(
                List.of("2026-11-22T10-15-04-a-0002", "2026-11-22T10-15-03-b-0001"),
                RunDirectory.list(runs()).stream().map(RunDirectory::id).toList());
    }
}
