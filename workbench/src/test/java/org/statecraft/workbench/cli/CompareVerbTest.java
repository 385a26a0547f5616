package org.statecraft.workbench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.Kernels;
import org.statecraft.workbench.compare.FakeRun;
import picocli.CommandLine;

class CompareVerbTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void twoRuns() {
        new FakeRun(folder.resolve("runs"), "first", 0)
                .scored(0, "before", "toy", "acc", 0.5, 0.1, 10)
                .completed();
        new FakeRun(folder.resolve("runs"), "second", 1)
                .scored(0, "before", "toy", "acc", 0.75, 0.1, 10)
                .completed();
    }

    private int compare(String... arguments) {
        List<String> all =
                new ArrayList<>(List.of("--runs", folder.resolve("runs").toString()));
        all.addAll(List.of(arguments));
        return new CommandLine(new CompareVerb())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
    }

    @Test
    void withoutOptionsTextIsPrinted() {
        assertEquals(0, compare("2026-11-22T10-15-03", "2026-11-22T10-16-03"));
        assertTrue(
                out.toString().contains("before      toy   acc ↑   0.5000 ± 0.1000  0.7500 ± 0.1000  +0.2500"),
                out.toString());
    }

    @Test
    void dashPrintsThatFormatInPlaceOfTheText() throws IOException {
        assertEquals(0, compare("2026-11-22T10-15", "2026-11-22T10-16", "--json", "-"));
        assertEquals(
                "toy",
                new ObjectMapper()
                        .readTree(out.toString())
                        .at("/sections/score/0/item")
                        .asText());
    }

    @Test
    void filesAreWrittenBesideTheText() throws IOException {
        Path csv = folder.resolve("new/scores.csv");
        Path markdown = folder.resolve("scores.md");
        assertEquals(
                0,
                compare(
                        "2026-11-22T10-15",
                        "2026-11-22T10-16",
                        "--csv",
                        csv.toString(),
                        "--markdown",
                        markdown.toString()));

        assertTrue(Files.readString(csv).startsWith("section,evaluation,item,metric,"));
        assertTrue(Files.readString(markdown).contains("### Scores"));
        assertTrue(out.toString().contains("Scores\n"), out.toString());
    }

    @Test
    void documentsThatDifferAreWrittenAsCsv() throws IOException {
        for (int i = 0; i < 2; i++) {
            new FakeRun(folder.resolve("runs"), "with-samples", 2 + i)
                    .scored(0, "before", "toy", "acc", 1.0, null, 1)
                    .samples(0, "toy", List.of("{\"doc_id\": 5, \"doc_hash\": \"hash" + i + "\", \"acc\": 1}"))
                    .completed();
        }
        Path csv = folder.resolve("new/documents.csv");
        assertEquals(0, compare("2026-11-22T10-17", "2026-11-22T10-18", "--documents", csv.toString()));

        List<String> lines = Files.readAllLines(csv);
        assertTrue(lines.get(0).startsWith("evaluation,task,A,B,doc_id A,doc_id B,doc_hash A,"), lines.get(0));
        assertTrue(lines.get(1).endsWith(",5,5,hash0,hash1,,,,,doc_hash"), lines.get(1));
        assertEquals(2, lines.size());
    }

    @Test
    void twoFormatsOnStandardOutputOrOneRunAreBadUsage() {
        assertEquals(2, compare("2026-11-22T10-15", "2026-11-22T10-16", "--json", "-", "--csv", "-"));
        assertTrue(err.toString().contains("only one of"), err.toString());
        assertEquals(2, compare("2026-11-22T10-15"));
        assertEquals("", out.toString());
    }

    @Test
    void helpEndsWithAnExampleAndTheNextVerb() {
        for (Object verb : List.of(new CompareVerb(), new EnvVerb())) {
            List<String> lines = new CommandLine(verb).getUsageMessage().lines().toList();
            String example = lines.get(lines.size() - 2);
            String next = lines.get(lines.size() - 1);
            assertTrue(example.startsWith("Example: statecraft "), example);
            assertTrue(next.startsWith("Next:    statecraft "), next);
        }
    }

    @Test
    void environmentIsPrintedAsJson() throws IOException {
        CommandLine env = new CommandLine(new EnvVerb()).setOut(new PrintWriter(out));

        assertEquals(0, env.execute("--json"));
        assertEquals(
                Kernels.names(),
                new ObjectMapper()
                        .convertValue(
                                new ObjectMapper().readTree(out.toString()).at("/kernels"), List.class));
    }
}
