package org.statecraft.workbench.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.statecraft.model.Devices;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.MatrixFormat;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.generate.Generation;
import org.statecraft.model.generate.Generator;
import org.statecraft.model.generate.SamplingOptions;
import org.statecraft.peft.files.AdapterFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lets a model, with or without an adapter, continue a text. */
@Command(
        name = "generate",
        description = "Let a model, with or without an adapter, continue a text.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: statecraft generate --model recipes/models/books-4m 'The captain'",
            "Next:    statecraft run recipes/quickstart.yaml"
        })
final class GenerateVerb implements Callable<Integer> {
    @Parameters(paramLabel = "PROMPT", description = "The text to continue.")
    private String prompt;

    @Option(names = "--model", paramLabel = "DIR", required = true, description = "A model folder.")
    private Path model;

    @Option(names = "--adapter", paramLabel = "DIR", description = "An adapter folder for that model.")
    private Path adapter;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            defaultValue = "64",
            description = "Most new tokens (default: ${DEFAULT-VALUE}).")
    private int maxTokens;

    @Option(
            names = "--temperature",
            paramLabel = "N",
            defaultValue = "0",
            description = "0 takes the likeliest token each time (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(
            names = "--top-k",
            paramLabel = "N",
            defaultValue = "0",
            description = "Draw from the k likeliest tokens; 0 for all.")
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "N",
            defaultValue = "1",
            description = "Draw from the likeliest tokens that reach p; 1 for all.")
    private double topP;

    @Option(names = "--stop", paramLabel = "TEXT", description = "End before this text; may be repeated.")
    private List<String> stop = new ArrayList<>();

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Of the sampler (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--device",
            paramLabel = "NAME",
            defaultValue = "auto",
            description = "auto, cpu or cuda:N (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(
            names = "--weights",
            paramLabel = "FORMAT",
            defaultValue = "float32",
            description = "How the large matrices are stored: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private MatrixFormat weights;

    @Option(names = "--json", description = "Print JSON for programs.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        SamplingOptions options = options();
        try (LanguageModel base = LanguageModel.load(model, Devices.parse(device), weights);
                Tokenizer tokenizer = Tokenizer.load(model)) {
            LanguageModel used = adapter == null ? base : base.with(AdapterFiles.load(adapter, base));
            Generation generation = new Generator(used, tokenizer).generate(prompt, options);
            PrintWriter out = spec.commandLine().getOut();
            out.println(json ? Json.of(generation) : prompt + generation.text());
            out.flush();
            return ExitCode.DONE;
        }
    }

    private SamplingOptions options() {
        require(maxTokens >= 0, "--max-tokens", maxTokens, "0 or more");
        require(temperature >= 0, "--temperature", temperature, "0 or more");
        require(topK >= 0, "--top-k", topK, "0 or more");
        require(topP > 0 && topP <= 1, "--top-p", topP, "a number above 0, at most 1");
        return new SamplingOptions(maxTokens, temperature, topK, topP, stop, seed);
    }

    private void require(boolean holds, String option, Number found, String expected) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), option + " is " + found + "; expected " + expected);
        }
    }
}
