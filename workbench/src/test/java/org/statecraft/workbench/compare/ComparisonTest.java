package org.statecraft.workbench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.InputException;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.RunState;
import org.statecraft.workbench.table.Table;
import org.statecraft.workbench.table.TableFormat;

class ComparisonTest {
    private static final double[] RIGHT_HALF = {1, 0, 1, 0, 1, 0, 1, 0, 1, 0};
    private static final double[] RIGHT_ALL = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

    @TempDir
    Path runs;

    private static String recipe(int rank, String more) {
        return """
                name: quickstart
                seed: 7
                steps:
                  - evaluate:
                      tasks: [shakespeare]
                  - tune:
                      method:
                        type: state-offset
                        rank: %d
                %s"""
                .formatted(rank, more);
    }

    private RunDirectory rank4() {
        return new FakeRun(runs, "rank4", 0)
                .recipe(recipe(4, ""))
                .scored(0, "before", "shakespeare", "bits_per_byte", 2.5, null, 1)
                .tuned(1, 60, 24_576L, 4_529_600L, 851_443_712L)
                .scored(2, "after tune", "shakespeare", "bits_per_byte", 2.25, null, 1)
                .scored(2, "after tune", "toy", "acc", 0.5, 0.1667, 10)
                .documents(2, "toy", "acc", RIGHT_HALF)
                .completed();
    }

    private RunDirectory rank8() {
        return new FakeRun(runs, "rank8", 1)
                .recipe(recipe(8, "      warmup: 10\n"))
                .scored(0, "before", "shakespeare", "bits_per_byte", 2.5, null, 1)
                .tuned(1, 66.5, 49_152L, 4_554_176L, null)
                .scored(2, "after tune", "shakespeare", "bits_per_byte", 2.125, null, 1)
                .scored(2, "after tune", "toy", "acc", 1.0, 0.0, 10)
                .documents(2, "toy", "acc", RIGHT_ALL)
                .completed();
    }

    private RunDirectory failed() {
        return new FakeRun(runs, "broken", 2)
                .recipe(recipe(4, ""))
                .scored(0, "before", "shakespeare", "bits_per_byte", 2.5, null, 1)
                .ended(RunState.FAILED, "the loss is not finite | at step 3\nsee the log");
    }

    private static Table table(RunDirectory... directories) {
        return Comparison.of(
                        Path.of("runs"),
                        Stream.of(directories).map(RunDirectory::toString).toList())
                .table();
    }

    private static String text(RunDirectory... directories) {
        return TableFormat.TEXT.render(table(directories));
    }

    @Test
    void threeRunsAsText() {
        List<RunDirectory> three = List.of(rank4(), rank8(), failed());
        assertEquals(
                """
                A  %s  COMPLETED
                B  %s  COMPLETED
                C  %s  FAILED

                Runs
                item             A          B                                               C
                recipe       rank4      rank8                                          broken
                state    COMPLETED  COMPLETED                                          FAILED
                failure          -          -  the loss is not finite | at step 3 see the log
                kernel   reference  reference                                       reference
                weights    float32    float32                                         float32

                Differences of the recipes
                item                       A   B  C
                steps[1].tune.method.rank  4   8  4
                steps[1].tune.warmup       -  10  -

                Scores
                evaluation  item         metric                         A                B       C              B - A    C - A
                before      shakespeare  bits_per_byte ↓           2.5000           2.5000  2.5000            +0.0000  +0.0000
                after tune  shakespeare  bits_per_byte ↓           2.2500           2.1250       -            -0.1250        -
                after tune  toy          acc ↑            0.5000 ± 0.1667  1.0000 ± 0.0000       -  +0.5000 ± 0.1667*        -

                Costs
                item                          A          B  C
                trainable parameters     24,576     49,152  -
                total parameters      4,529,600  4,554,176  -
                seconds                  60.0 s     66.5 s  -
                peak memory             812 MiB          -  -

                shakespeare, before: nothing tells whether A and B scored the same documents, because A has no samples and no task_hashes, B has no samples and no task_hashes
                shakespeare, before: nothing tells whether A and C scored the same documents, because A has no samples and no task_hashes, C has no samples and no task_hashes
                shakespeare, after tune: nothing tells whether A and B scored the same documents, because A has no samples and no task_hashes, B has no samples and no task_hashes
                * the 95 %% interval of the difference over the same documents excludes 0
                """
                        .formatted(three.stream().map(RunDirectory::id).toArray()),
                TableFormat.TEXT.render(table(three.toArray(RunDirectory[]::new))));
    }

    @Test
    void markdownEscapesTextsOfRuns() {
        String markdown = TableFormat.MARKDOWN.render(table(rank4(), failed()));

        assertTrue(markdown.contains("| failure | - | the loss is not finite \\| at step 3 see the log |"), markdown);
        assertTrue(markdown.contains("### Scores\n\n| evaluation | item | metric | A | B | B - A |"), markdown);
        assertTrue(
                markdown.contains("| before | shakespeare | bits\\_per\\_byte ↓ | 2.5000 | 2.5000 | +0.0000 |"),
                markdown);
    }

    @Test
    void csvNamesRunsByIdAndKeepsEveryDigit() {
        RunDirectory a = rank4();
        RunDirectory b = rank8();
        List<String> lines = TableFormat.CSV.render(table(a, b)).lines().toList();

        assertEquals(
                "section,evaluation,item,metric,A,A stderr,B,B stderr,B change,B change stderr,B change low,B change high"
                        .replace("A", a.id())
                        .replace("B", b.id()),
                lines.get(0));
        assertTrue(lines.contains("recipe,,steps[1].tune.method.rank,,4,,8,,,,,"), lines.toString());
        assertTrue(lines.contains("cost,,peak memory,,851443712,,,,,,,"), lines.toString());
        assertTrue(
                lines.stream()
                        .anyMatch(line -> line.startsWith("score,after tune,toy,acc,0.5,0.1667,1.0,0.0,0.5,0.16666")),
                lines.toString());
    }

    @Test
    void withoutTheScoresOfEachDocumentThereIsNoMark() {
        RunDirectory b = new FakeRun(runs, "b", 1)
                .recipe(recipe(4, ""))
                .scored(2, "after tune", "toy", "acc", 1.0, 0.0, 10)
                .completed();

        String text = text(rank4(), b);
        assertTrue(text.contains("+0.5000\n"), text);
        assertFalse(text.contains("*"), text);
    }

    @Test
    void differenceWithinItsErrorHasNoMark() {
        RunDirectory b = new FakeRun(runs, "b", 1)
                .recipe(recipe(4, ""))
                .scored(2, "after tune", "toy", "acc", 0.6, 0.16, 10)
                .documents(2, "toy", "acc", 1, 0, 1, 0, 1, 0, 1, 0, 1, 1)
                .completed();

        String text = text(rank4(), b);
        assertTrue(text.contains("+0.1000 ± 0.1000\n"), text);
        assertFalse(text.contains("*"), text);
    }

    @Test
    void documentsThatDoNotLeadToTheScoreGiveNoMark() {
        RunDirectory b = new FakeRun(runs, "b", 1)
                .recipe(recipe(4, ""))
                .scored(2, "after tune", "toy", "acc", 0.9, 0.1, 10)
                .documents(2, "toy", "acc", RIGHT_ALL)
                .completed();

        String text = text(rank4(), b);
        assertTrue(text.contains("+0.4000\n"), text);
    }

    @Test
    void otherDocumentsGiveNoDifferenceAndAReason() {
        RunDirectory b = new FakeRun(runs, "b", 1)
                .recipe(recipe(4, ""))
                .scored(2, "after tune", "toy", "acc", 0.75, 0.1, 4)
                .documents(2, "toy", "acc", 1, 1, 1, 0)
                .completed();

        String text = text(rank4(), b);
        assertTrue(
                text.contains("toy, after tune: no difference between A and B, because the documents differ: "
                        + "6 of 10 in A and 0 of 4 in B have a doc_hash that the other lacks"),
                text);
        assertFalse(text.contains("+0.2500"), text);
    }

    @Test
    void otherTaskHashGivesNoDifferenceAndNamesBoth() {
        RunDirectory a = new FakeRun(runs, "a", 0)
                .scored(0, "before", "toy", "acc", 0.5, 0.1, 10)
                .taskHash(0, "toy", "a1".repeat(32))
                .completed();
        RunDirectory b = new FakeRun(runs, "b", 1)
                .scored(0, "before", "toy", "acc", 0.75, 0.1, 10)
                .taskHash(0, "toy", "b2".repeat(32))
                .completed();

        String text = text(a, b);
        assertTrue(text.contains("task_hashes is a1a1a1a1a1a1 in A and b2b2b2b2b2b2 in B"), text);
        assertFalse(text.contains("+0.2500"), text);
    }

    @Test
    void otherModelFileIsNamed() {
        RunDirectory a = rank4();
        RunDirectory b = rank8();
        AtomicFiles.writeString(a.environment(), "{\"inputs\": {\"model.safetensors\": \"a1a1\", \"text\": \"c3\"}}");
        AtomicFiles.writeString(b.environment(), "{\"inputs\": {\"model.safetensors\": \"b2b2\", \"text\": \"c3\"}}");

        String text = text(a, b);
        assertTrue(text.contains("input model.safetensors is another file: a1a1 in A, b2b2 in B"), text);
        assertFalse(text.contains("input text"), text);
    }

    @Test
    void runWithoutASummaryIsShownAsFarAsItsEventsGo() {
        RunDirectory lost = new FakeRun(runs, "lost", 3)
                .scored(0, "before", "shakespeare", "bits_per_byte", 2.0, null, 1)
                .killed();

        String text = text(rank4(), lost);
        assertTrue(text.contains("B  " + lost.id() + "  LOST"), text);
        assertTrue(text.contains("bits_per_byte ↓           2.5000  2.0000  -0.5000"), text);
        assertTrue(text.contains("run B has no resolved.yaml"), text);
        assertFalse(text.contains("steps[1]"), text);
    }

    @Test
    void lastScoresOfDifferentRoadsStandBesideEachOther() {
        RunDirectory pruned = new FakeRun(runs, "pruned", 1)
                .scored(2, "after prune", "shakespeare", "bits_per_byte", 2.75, null, 1)
                .completed();

        String text = text(rank4(), pruned);
        assertTrue(
                text.contains("after tune   shakespeare  bits_per_byte ↓           2.2500       -        -\n"), text);
        assertTrue(
                text.contains("after prune  shakespeare  bits_per_byte ↓                -  2.7500        -\n"), text);
        assertTrue(
                text.contains("last         shakespeare  bits_per_byte ↓           2.2500  2.7500  +0.5000\n"), text);
    }

    @Test
    void sameRecipesAreSaidToBeTheSame() {
        String text = text(rank4(), failed());

        assertTrue(text.contains("the recipes are the same"), text);
    }

    @Test
    void oneRunOrTheSameRunTwiceIsRefused() {
        RunDirectory run = rank4();

        assertThrows(InputException.class, () -> table(run));
        String message =
                assertThrows(InputException.class, () -> table(run, run)).getMessage();
        assertTrue(message.contains("named twice"), message);
    }
}
