package org.statecraft.workbench.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.statecraft.model.Devices;
import org.statecraft.model.Kernels;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.MatrixFormat;
import org.statecraft.model.MergedModel;
import org.statecraft.peft.files.AdapterFiles;
import org.statecraft.peft.files.AdapterMerge;
import org.statecraft.workbench.table.Formats;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Folds adapters into the weights of their model. */
@Command(
        name = "merge",
        description = "Fold adapters into the weights of their model and store an ordinary model folder.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "The folder is loaded again and compared before it appears under its name.",
            "Example: statecraft merge my-adapter --model DIR --out models/merged",
            "Next:    statecraft generate --model models/merged 'The captain'"
        })
final class MergeVerb implements Callable<Integer> {
    @Parameters(
            paramLabel = "ADAPTER",
            arity = "1..*",
            description = "An adapter folder; several act in this order, each made for the model with those before it.")
    private List<Path> adapters = new ArrayList<>();

    @Option(
            names = "--model",
            paramLabel = "DIR",
            required = true,
            description = "The model folder they were made for.")
    private Path model;

    @Option(
            names = {"-o", "--out"},
            paramLabel = "DIR",
            required = true,
            description = "The model folder to be made.")
    private Path out;

    @Mixin
    private ComputeOptions compute;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter printer = spec.commandLine().getOut();
        try (LanguageModel base = LanguageModel.load(
                model, Devices.parse(compute.device()), Kernels.named(compute.kernel()), MatrixFormat.FLOAT32)) {
            LanguageModel adapted = base;
            for (Path adapter : adapters) {
                adapted = adapted.with(AdapterFiles.load(adapter, adapted));
            }
            AdapterMerge.requireMergeable(adapted);
            print(MergedModel.write(adapted, model, out, nothing -> {}), printer);
        }
        printer.flush();
        return ExitCode.DONE;
    }

    private void print(MergedModel.Result result, PrintWriter printer) {
        if (output.json) {
            printer.println(Json.of(plain(result)));
        } else if (output.quiet) {
            printer.println(out);
        } else {
            printer.println("merged " + Formats.counted(adapters.size(), "adapter") + " into " + out + ": "
                    + Formats.counted(result.tensors(), "tensor") + ", " + Formats.bytes(result.bytes()));
            printer.println(String.format(
                    Locale.ROOT,
                    "  loaded again, its logits differ from those with the adapter by %.1e of the largest one",
                    result.difference()));
            if (!result.copied().isEmpty()) {
                printer.println("  copied " + String.join(", ", result.copied()));
            }
            printer.println("Next: statecraft inspect " + out);
        }
    }

    private static Map<String, Object> plain(MergedModel.Result result) {
        Map<String, Object> plain = new LinkedHashMap<>();
        plain.put("folder", result.folder().toString());
        plain.put("tensors", result.tensors());
        plain.put("bytes", result.bytes());
        plain.put("difference", result.difference());
        plain.put("copied", result.copied());
        return plain;
    }
}
