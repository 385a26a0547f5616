package org.statecraft.workbench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Tokenizer;
import org.statecraft.peft.files.AdapterFiles;
import org.statecraft.peft.prompt.Prompt;
import org.statecraft.peft.prompt.PromptStart;
import org.statecraft.peft.stateoffset.StateOffset;
import org.statecraft.peft.stateoffset.StateOffsetConfig;
import org.statecraft.workbench.testing.Workplace;
import picocli.CommandLine;

/** {@code compile} with the bundled model, and what {@code generate} makes of the result. */
class CompileVerbTest {
    private static final String NAME = "models/books-4m";
    private static final Path MODEL = Workplace.HOME.resolve("recipes").resolve(NAME);
    private static final String TEXT = "KING RICHARD:\nWhat ho! my lord,";

    @TempDir
    private Path folder;

    private record Outcome(int exitCode, String out, String err) {
        String done() {
            assertEquals(0, exitCode, err);
            return out;
        }
    }

    private static Outcome run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Statecraft.commandLine(args);
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return new Outcome(command.execute(args), out.toString(), err.toString());
    }

    private static Outcome generate(String... more) {
        List<String> all = new ArrayList<>(List.of("generate", "--model", MODEL.toString(), "--max-tokens", "8"));
        all.addAll(List.of(more));
        return run(all.toArray(String[]::new));
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    @BeforeEach
    void writeAdapters() {
        try (LanguageModel model = LanguageModel.load(MODEL, Device.cpu());
                Tokenizer tokenizer = Tokenizer.load(MODEL);
                StateOffset offset =
                        StateOffset.create(model, StateOffsetConfig.of(StateOffsetConfig.Form.OUTPUT), 1)) {
            List<Integer> ids = IntStream.of(tokenizer.encode(TEXT)).boxed().toList();
            try (Prompt prompt = Prompt.create(model, ids.size(), new PromptStart.Text(TEXT, ids), 1)) {
                AdapterFiles.save(prompt, NAME, folder.resolve("prompt"));
            }
            for (NDArray tensor : offset.parameters().values()) {
                tensor.addi(0.3f);
            }
            AdapterFiles.save(offset, NAME, folder.resolve("offset"));
        }
    }

    @Test
    void aTextStartsFromTheCompiledPromptAsFromThePromptItself() throws IOException {
        Outcome compiled = run("compile", path("prompt"), "-o", path("king.state"));

        assertTrue(compiled.done().startsWith("compiled PROMPT_TUNING prompt sha256 "), compiled.out());
        assertTrue(compiled.out().contains("Next: statecraft generate --model "), compiled.out());
        String explicit = generate("--adapter", path("prompt"), " Come").done();
        assertEquals(explicit, generate("--state", path("king.state"), " Come").done());
        // the prompt is a text, so that text in front says the same
        assertEquals(TEXT + explicit, generate(TEXT + " Come").done());
        assertNotEquals(explicit, generate(" Come").done());
        Outcome shown = run("inspect", path("king.state"));
        assertTrue(shown.done().contains("origin: PROMPT_TUNING prompt sha256 "), shown.out());
    }

    @Test
    void anEmptyTextStartsFromItToo() {
        run("compile", path("prompt"), "-o", path("king.state")).done();

        assertEquals(
                generate("--adapter", path("prompt"), "").done(),
                generate("--state", path("king.state")).done());
    }

    @Test
    void anAdapterThatActsOnEveryTokenStaysBeside() {
        Outcome refused = run("compile", path("prompt"), path("offset"), "-o", path("both.state"));
        assertEquals(1, refused.exitCode());
        assertTrue(refused.err().contains("STATE_OFFSET does not become part of a snapshot"), refused.err());
        assertFalse(Files.exists(folder.resolve("both.state")));

        String beside = path("offset");
        Outcome compiled = run("compile", path("prompt"), "--beside", beside, "-o", path("both.state"));

        assertTrue(compiled.done().contains("beside STATE_OFFSET offset sha256 "), compiled.out());
        assertTrue(compiled.out().contains(" --adapter " + beside + " --state "), compiled.out());
        String text = generate("--adapter", beside, "--state", path("both.state"), " Come")
                .done();
        assertEquals(TEXT + text, generate("--adapter", beside, TEXT + " Come").done());
    }

    @Test
    void aModelThatIsNotHereHasToBeNamed() throws IOException {
        Path config = folder.resolve("prompt/adapter_config.json");
        Files.writeString(config, Files.readString(config).replace(NAME, "models/elsewhere"));
        Files.delete(folder.resolve("prompt/MANIFEST.json"));

        Outcome outcome = run("compile", path("prompt"), "-o", path("a.state"));

        assertEquals(2, outcome.exitCode());
        assertTrue(outcome.err().contains("--model DIR"), outcome.err());
        assertTrue(outcome.err().contains("models/elsewhere"), outcome.err());
        assertEquals(
                path("a.state") + System.lineSeparator(),
                run("compile", path("prompt"), "--quiet", "--model", MODEL.toString(), "-o", path("a.state"))
                        .done());
        Outcome nothing = run("compile", path("nowhere"), "-o", path("a.state"));
        assertEquals(1, nothing.exitCode());
        assertTrue(nothing.err().contains("expected an adapter folder"), nothing.err());
    }
}
