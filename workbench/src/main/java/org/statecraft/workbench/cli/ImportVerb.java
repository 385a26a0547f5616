package org.statecraft.workbench.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.statecraft.model.pickle.ModelImport;
import org.statecraft.workbench.table.Formats;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Turns a PyTorch checkpoint into a model folder that the other verbs read. */
@Command(
        name = "import",
        description = "Turn pytorch_model.bin into a model folder with model.safetensors; nothing in it is executed.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: statecraft import downloads/mamba2-130m --out models/mamba2-130m",
            "Next:    statecraft inspect models/mamba2-130m"
        })
final class ImportVerb implements Callable<Integer> {
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(2);

    @Parameters(
            paramLabel = "SOURCE",
            description =
                    "A folder with pytorch_model.bin, or with its shards and their index, or one checkpoint file.")
    private Path source;

    @Option(names = "--out", paramLabel = "FOLDER", required = true, description = "The model folder to be made.")
    private Path out;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec spec;

    private Instant lastLine;

    @Override
    public Integer call() {
        ModelImport.Result result = ModelImport.run(source, out, this::show);
        PrintWriter printer = spec.commandLine().getOut();
        if (output.json) {
            printer.println(Json.of(plain(result)));
        } else if (output.quiet) {
            printer.println(out);
        } else {
            print(result, printer);
        }
        printer.flush();
        return ExitCode.DONE;
    }

    /** A line now and then, so that nobody waits for a large model without a sign. */
    private void show(long done, long total) {
        Instant now = Instant.now();
        if (lastLine == null) {
            lastLine = now;
        }
        if (!output.quiet && Duration.between(lastLine, now).compareTo(BETWEEN_LINES) >= 0) {
            lastLine = now;
            PrintWriter err = spec.commandLine().getErr();
            err.println("  " + Formats.bytes(done) + " of " + Formats.bytes(total));
            err.flush();
        }
    }

    private void print(ModelImport.Result result, PrintWriter printer) {
        printer.println("imported " + Formats.counted(result.tensors(), "tensor") + ", " + Formats.bytes(result.bytes())
                + ", into " + out);
        for (String name : result.tied()) {
            printer.println("  left out " + name + ": it is the embedding itself");
        }
        if (!result.copied().isEmpty()) {
            printer.println("  copied " + String.join(", ", result.copied()));
        }
        for (String needed : List.of("config.json", "tokenizer.json")) {
            if (!result.copied().contains(needed)) {
                printer.println("  there was no " + needed + ": put the one of this model into the new folder");
            }
        }
        printer.println("Next: statecraft inspect " + out);
    }

    private static Map<String, Object> plain(ModelImport.Result result) {
        Map<String, Object> plain = new LinkedHashMap<>();
        plain.put("folder", result.folder().toString());
        plain.put("tensors", result.tensors());
        plain.put("bytes", result.bytes());
        plain.put("tied", result.tied());
        plain.put("copied", result.copied());
        return plain;
    }
}
