package org.statecraft.workbench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.workbench.testing.Workplace;
import picocli.CommandLine;

/** {@code import} as a user meets it: what it prints, what it leaves and how it ends. */
final class ImportVerbTest {
    private static final String MODEL = Workplace.HOME
            .resolve("fixtures/models-real/protmamba-example-0.9m")
            .toString();

    @TempDir
    private Path folder;

    private record Outcome(int exitCode, String out, String err) {}

    private static Outcome run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Statecraft.commandLine(args);
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int exitCode = command.execute(args);
        return new Outcome(exitCode, out.toString(), err.toString());
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void importedFolderCanBeInspectedNext() {
        Path out = folder.resolve("model");
        Outcome outcome = run("import", MODEL, "--out", out.toString());

        assertEquals(0, outcome.exitCode(), outcome::err);
        assertEquals("", outcome.err());
        List<String> lines = outcome.out().lines().toList();
        assertEquals("imported 82 tensors, 3.6 MiB, into " + out, lines.get(0));
        assertEquals("  left out lm_head.weight: it is the embedding itself", lines.get(1));
        assertEquals("  copied config.json, vocab.json", lines.get(2));
        assertTrue(lines.get(3).startsWith("  there was no tokenizer.json"), outcome::out);
        assertEquals("Next: statecraft inspect " + out, lines.get(4));
        Outcome inspected = run("inspect", out.resolve("model.safetensors").toString());
        assertTrue(inspected.out().contains("938,112"), inspected::toString);
    }

    @Test
    void jsonIsForProgramsAndQuietForScripts() throws IOException {
        Path out = folder.resolve("model");
        JsonNode result = new ObjectMapper()
                .readTree(
                        run("import", "--json", MODEL, "--out", out.toString()).out());
        assertEquals(out.toString(), result.get("folder").asText());
        assertEquals(82, result.get("tensors").asInt());
        assertEquals(3_752_448, result.get("bytes").asLong());
        assertEquals("[\"lm_head.weight\"]", result.get("tied").toString());

        String quiet = folder.resolve("quiet").toString();
        assertEquals(
                quiet + "\n", run("import", "--quiet", MODEL, "--out", quiet).out());
    }

    @Test
    void aRefusalIsOneLineAndLeavesNothing() throws IOException {
        Path source = Files.write(folder.resolve("pytorch_model.bin"), new byte[100]);
        Outcome outcome = run(
                "import", source.toString(), "--out", folder.resolve("model").toString());

        assertEquals(1, outcome.exitCode());
        assertEquals("", outcome.out());
        assertEquals(1, outcome.err().lines().count(), outcome::err);
        assertTrue(outcome.err().contains("expected a zip archive, as torch.save writes"), outcome::err);
        assertEquals(List.of("pytorch_model.bin"), left());
    }

    @Test
    void anExistingFolderFailsAndMissingArgumentsAreBadUsage() throws IOException {
        Outcome exists = run("import", MODEL, "--out", folder.toString());
        assertEquals(1, exists.exitCode());
        assertTrue(exists.err().contains("it exists already"), exists::err);
        assertEquals(List.of(), left());
        assertEquals(2, run("import", MODEL).exitCode());
        assertEquals(2, run("import", "--out", "x").exitCode());
    }
}
