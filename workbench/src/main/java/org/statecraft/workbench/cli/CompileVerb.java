package org.statecraft.workbench.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.statecraft.model.Devices;
import org.statecraft.model.InputException;
import org.statecraft.model.Kernels;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.MatrixFormat;
import org.statecraft.model.Snapshot;
import org.statecraft.model.files.Hashes;
import org.statecraft.model.files.IoFailures;
import org.statecraft.model.files.JsonFiles;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.compile.SnapshotCompiler;
import org.statecraft.peft.files.AdapterFiles;
import org.statecraft.workbench.recipe.ReadOptions;
import org.statecraft.workbench.table.Formats;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Turns adapters that act on the start of sequences into one state file. */
@Command(
        name = "compile",
        description = "Turn prompts, prefixes and initial states into one state file that texts start from at no cost.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: statecraft compile my-prompt -o my-prompt.state",
            "Next:    statecraft generate --model DIR --state my-prompt.state 'A text'"
        })
final class CompileVerb implements Callable<Integer> {
    private static final int SHOWN_OF_HASH = 12;

    @Parameters(
            paramLabel = "ADAPTER",
            arity = "1..*",
            description = "An adapter folder; several act in the order in which they are given.")
    private List<Path> adapters;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "A model folder (default: the base model that the first adapter names).")
    private Path model;

    @Option(
            names = "--beside",
            paramLabel = "DIR",
            description =
                    "An adapter that acts on every token: it is in force while the state is made, and has to be given "
                            + "beside it later (generate --adapter DIR --state FILE).")
    private Path beside;

    @Option(
            names = {"-o", "--out"},
            paramLabel = "FILE",
            required = true,
            description = "The state file; one that is there is replaced.")
    private Path out;

    @Mixin
    private ComputeOptions compute;

    @Option(
            names = "--weights",
            paramLabel = "FORMAT",
            defaultValue = "float32",
            description = "How the large matrices are stored, as it will be later: ${COMPLETION-CANDIDATES} "
                    + "(default: ${DEFAULT-VALUE}).")
    private MatrixFormat weights;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Path folder = modelFolder();
        try (LanguageModel base =
                LanguageModel.load(folder, Devices.parse(compute.device()), Kernels.named(compute.kernel()), weights)) {
            LanguageModel used = beside == null ? base : base.with(AdapterFiles.load(beside, base));
            List<TunableAdapter> loaded = new ArrayList<>();
            LanguageModel adapted = used;
            for (Path adapter : adapters) {
                loaded.add(AdapterFiles.load(adapter, adapted));
                adapted = adapted.with(loaded.get(loaded.size() - 1));
            }
            try (Snapshot snapshot = SnapshotCompiler.compile(used, loaded, origin())) {
                snapshot.save(out);
                report(folder, snapshot);
            }
            return ExitCode.DONE;
        }
    }

    private Path modelFolder() {
        if (model != null) {
            return model;
        }
        Path config = adapters.get(0).resolve(AdapterFiles.CONFIG);
        if (!Files.isRegularFile(config)) {
            throw new InputException(
                    adapters.get(0) + " holds no " + AdapterFiles.CONFIG + "; expected an adapter folder");
        }
        String named = JsonFiles.read(config).path("base_model_name_or_path").asText();
        return Stream.concat(Stream.of(Path.of("")), ReadOptions.ofMachine().modelRoots().stream())
                .map(root -> root.resolve(named))
                .filter(folder -> !named.isEmpty() && Files.isDirectory(folder))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "Missing option: --model DIR. " + config + " names '" + named + "', which is no folder here"));
    }

    /** The adapters by type, folder and the first digits of the hash of their tensors. */
    private String origin() {
        String compiled = adapters.stream().map(CompileVerb::described).collect(Collectors.joining(" + "));
        return beside == null ? compiled : compiled + ", beside " + described(beside);
    }

    private static String described(Path folder) {
        String type = JsonFiles.read(folder.resolve(AdapterFiles.CONFIG))
                .path("peft_type")
                .asText();
        Path tensors = folder.resolve(AdapterFiles.TENSORS);
        String hash =
                Files.exists(tensors) ? " sha256 " + Hashes.sha256(tensors).substring(0, SHOWN_OF_HASH) : "";
        return type + " " + folder.toAbsolutePath().normalize().getFileName() + hash;
    }

    private void report(Path folder, Snapshot snapshot) {
        PrintWriter printer = spec.commandLine().getOut();
        if (output.json) {
            Map<String, Object> plain = new LinkedHashMap<>();
            plain.put("file", out.toString());
            plain.put("origin", snapshot.origin());
            plain.put("bytes", size());
            printer.println(Json.of(plain));
        } else if (output.quiet) {
            printer.println(out);
        } else {
            printer.println("compiled " + snapshot.origin() + " into " + out + ", " + Formats.bytes(size()));
            printer.println("Next: statecraft generate --model " + folder
                    + (beside == null ? "" : " --adapter " + beside) + " --state " + out + " 'The'");
        }
        printer.flush();
    }

    private long size() {
        try {
            return Files.size(out);
        } catch (IOException e) {
            throw IoFailures.reading(out, e);
        }
    }
}
