package org.statecraft.workbench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** {@code generate} with the bundled model: texts that grow, several of them, and state files. */
class GenerateVerbTest {
    private static final Path MODEL = Path.of(System.getProperty("statecraft.home"), "recipes", "models", "books-4m");
    private static final String LINE = System.lineSeparator();

    @TempDir
    private Path folder;

    /** @param shown all that stood on the terminal, at each flush */
    private record Outcome(int exitCode, String out, String err, List<String> shown) {
        String done() {
            assertEquals(0, exitCode, err);
            assertEquals("", err);
            return out;
        }
    }

    private static Outcome generate(String... args) {
        List<String> shown = new ArrayList<>();
        StringWriter out = new StringWriter() {
            @Override
            public void flush() {
                shown.add(toString());
            }
        };
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of("generate", "--model", MODEL.toString()));
        if (!List.of(args).contains("--max-tokens")) {
            all.addAll(List.of("--max-tokens", "10"));
        }
        all.addAll(List.of(args));
        String[] line = all.toArray(String[]::new);
        CommandLine command = Statecraft.commandLine(line);
        command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err, true));
        return new Outcome(command.execute(line), out.toString(), err.toString(), shown);
    }

    @Test
    void aTextIsShownAsItGrows() {
        Outcome outcome = generate("The captain");

        assertEquals("The captain", outcome.shown().get(0), "the prompt comes first");
        assertTrue(outcome.shown().stream().distinct().count() >= 10, outcome.shown()::toString);
        for (String shown : outcome.shown()) {
            assertTrue(outcome.done().startsWith(shown), shown);
        }
    }

    @Test
    void severalTextsArePrintedOneBehindTheOther() {
        String[] prompts = {"The captain", "She was", "It"};
        String[] options = {"--temperature", "1", "--seed", "3", "--stop", ",", "--stop", "."};
        List<String> alone = Stream.of(prompts)
                .map(prompt -> generate(joined(options, prompt)).done())
                .toList();

        Outcome together = generate(joined(options, prompts));

        assertEquals(String.join(LINE, alone), together.done());
        assertTrue(alone.stream().map(String::length).distinct().count() > 1, "texts of different lengths");
    }

    @Test
    void jsonHoldsEveryPrompt() throws IOException {
        JsonNode list = new ObjectMapper()
                .readTree(generate("--json", "The captain", "She was").done());

        assertEquals(2, list.size());
        assertEquals("She was", list.get(1).path("prompt").asText());
        assertEquals(10, list.get(1).path("tokens").size());
        assertEquals("LENGTH", list.get(0).path("finish").asText());
        assertEquals(
                "The captain" + list.get(0).path("text").asText() + LINE,
                generate("The captain").done());
    }

    @Test
    void beamsPrintTheBestTextForEachPrompt() throws IOException {
        JsonNode list = new ObjectMapper()
                .readTree(generate("--beams", "4", "--json", "The captain", "She was")
                        .done());
        String together = generate("--beams", "4", "The captain", "She was").done();

        assertEquals(10, list.get(1).path("tokens").size());
        assertEquals(
                "The captain" + list.get(0).path("text").asText() + LINE + LINE + "She was"
                        + list.get(1).path("text").asText() + LINE,
                together);
        assertFalse(generate("The captain", "She was").done().equals(together), "greedy would be the same");
        assertEquals(
                generate("The captain").done(),
                generate("--beams", "1", "The captain").done());
    }

    @Test
    void aSavedStateGoesOnAsIfTheTextHadNotStopped() {
        String state = folder.resolve("captain.state").toString();
        String whole = generate("--max-tokens", "20", "The captain").done().stripTrailing();

        String begin = generate("--save-state", state, "The captain").done().stripTrailing();
        // over itself, as in a conversation
        String middle = generate("--max-tokens", "4", "--state", state, "--save-state", state)
                .done();
        String end = generate("--max-tokens", "6", "--state", state).done();

        assertEquals(whole, begin + middle.replace(LINE, "") + end.replace(LINE, ""));
    }

    @Test
    void aPromptGoesOnFromAState() {
        String state = folder.resolve("captain.state").toString();
        generate("--max-tokens", "0", "--save-state", state, "The captain went on")
                .done();

        String text = generate("--state", state, " board of the").done();

        assertEquals(generate("The captain went on board of the").done(), "The captain went on" + text);
    }

    @Test
    void aFileThatIsNoStateOfThisModelIsRefused() throws IOException {
        Outcome outcome = generate("--state", MODEL.resolve("model.safetensors").toString(), "The");

        assertEquals(1, outcome.exitCode());
        assertEquals("", outcome.out());
        assertTrue(outcome.err().contains("not a snapshot that this model can go on from"), outcome.err());
        assertFalse(outcome.err().contains("\tat "), outcome.err());
        assertEquals(
                1, generate("--state", folder.resolve("nowhere").toString()).exitCode());
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(0, left.count());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--save-state|x|a|b",
                "--stop||a",
                "--max-tokens|-1|a",
                "--beams|0|a",
                "--beams|5|--temperature|0.5|a",
                "--beams|5|--save-state|x|a"
            })
    void badUsageLoadsNothing(String line) {
        Outcome outcome = generate(line.isEmpty() ? new String[0] : line.split("\\|", -1));

        assertEquals(2, outcome.exitCode(), outcome.err());
        assertTrue(outcome.err().contains("PROMPT"), outcome.err());
    }

    private static String[] joined(String[] options, String... prompts) {
        return Stream.concat(Stream.of(options), Stream.of(prompts)).toArray(String[]::new);
    }
}
