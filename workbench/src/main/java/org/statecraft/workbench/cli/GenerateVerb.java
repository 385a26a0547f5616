package org.statecraft.workbench.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.statecraft.model.Devices;
import org.statecraft.model.Kernels;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.MatrixFormat;
import org.statecraft.model.Snapshot;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.generate.BeamOptions;
import org.statecraft.model.generate.BeamSearch;
import org.statecraft.model.generate.Generation;
import org.statecraft.model.generate.Generator;
import org.statecraft.model.generate.SamplingOptions;
import org.statecraft.peft.files.AdapterFiles;
import org.statecraft.workbench.recipe.GenerateStep;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lets a model, with or without an adapter, continue texts. */
@Command(
        name = "generate",
        description = "Let a model, with or without an adapter, continue texts. They are printed as they grow.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "A state file holds what the model carries after a text: its size does not grow with the text.",
            "Go on from one with --state, with a PROMPT or without.",
            "Example: statecraft generate --model recipes/models/books-4m 'The captain'",
            "Next:    statecraft run recipes/quickstart.yaml"
        })
final class GenerateVerb implements Callable<Integer> {
    @Parameters(
            paramLabel = "PROMPT",
            arity = "0..*",
            description = "A text to continue; several grow together, and none changes another.")
    private List<String> prompts = new ArrayList<>();

    @Option(names = "--model", paramLabel = "DIR", required = true, description = "A model folder.")
    private Path model;

    @Option(names = "--adapter", paramLabel = "DIR", description = "An adapter folder for that model.")
    private Path adapter;

    @Option(
            names = "--state",
            paramLabel = "FILE",
            description = "Go on from this state file of the same model and adapter; without a PROMPT, right away.")
    private Path state;

    @Option(
            names = "--save-state",
            paramLabel = "FILE",
            description = "Store the state after the prompt and all new tokens; for one PROMPT.")
    private Path saveState;

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

    @Option(
            names = "--beams",
            paramLabel = "N",
            defaultValue = "1",
            description = "Above 1: beam search, which keeps the N likeliest texts at each step and prints the best.")
    private int beams;

    @Option(
            names = "--length-penalty",
            paramLabel = "N",
            defaultValue = "1",
            description = "With --beams: a text's log-probability is divided by its length to this power"
                    + " (default: ${DEFAULT-VALUE}).")
    private double lengthPenalty;

    @Option(names = "--stop", paramLabel = "TEXT", description = "End before this text; may be repeated.")
    private List<String> stop = new ArrayList<>();

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Of the sampler (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private ComputeOptions compute;

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
        List<String> texts = texts();
        PrintWriter out = spec.commandLine().getOut();
        try (LanguageModel base = LanguageModel.load(
                        model, Devices.parse(compute.device()), Kernels.named(compute.kernel()), weights);
                Tokenizer tokenizer = Tokenizer.load(model)) {
            LanguageModel used = adapter == null ? base : base.with(AdapterFiles.load(adapter, base));
            Snapshot start = state == null ? null : Snapshot.load(used, state);
            Generator.Listener view = json ? (row, piece) -> {} : new GrowingTexts(out, texts);
            List<Generation> all = beams > 1
                    ? searched(new BeamSearch(used, tokenizer, start), texts, view)
                    : new Generator(used, tokenizer, start).generate(texts, options, saving(view));
            if (json) {
                out.println(Json.of(IntStream.range(0, all.size())
                        .mapToObj(i -> Continued.of(texts.get(i), all.get(i)))
                        .toList()));
            }
            out.flush();
            return ExitCode.DONE;
        }
    }

    /** The best text for each prompt, shown when it is found. */
    private List<Generation> searched(BeamSearch search, List<String> texts, Generator.Listener view) {
        BeamOptions options = new BeamOptions(beams, lengthPenalty, maxTokens, stop);
        List<Generation> all = new ArrayList<>();
        for (String text : texts) {
            Generation best = search.search(text, options).get(0).generation();
            view.text(all.size(), best.text());
            view.ended(all.size(), best, null);
            all.add(best);
        }
        return all;
    }

    /** One entry of the JSON. */
    private record Continued(String prompt, String text, int[] tokens, Generation.Finish finish) {
        static Continued of(String prompt, Generation generation) {
            return new Continued(prompt, generation.text(), generation.tokens(), generation.finish());
        }
    }

    /** The listener, and what {@code --save-state} asks for. */
    private Generator.Listener saving(Generator.Listener view) {
        return saveState == null
                ? view
                : new Generator.Listener() {
                    @Override
                    public void text(int row, String piece) {
                        view.text(row, piece);
                    }

                    @Override
                    public void ended(int row, Generation generation, Supplier<Snapshot> after) {
                        view.ended(row, generation, after);
                        try (Snapshot snapshot = after.get()) {
                            snapshot.save(saveState);
                        }
                    }
                };
    }

    private List<String> texts() {
        if (prompts.isEmpty() && state == null) {
            throw new ParameterException(spec.commandLine(), "Missing required parameter: PROMPT, or --state FILE");
        }
        require(prompts.size() <= 1 || saveState == null, "--save-state with PROMPTs", prompts.size(), "one PROMPT");
        return prompts.isEmpty() ? List.of("") : List.copyOf(prompts);
    }

    private SamplingOptions options() {
        require(maxTokens >= 0, "--max-tokens", maxTokens, "0 or more");
        require(temperature >= 0, "--temperature", temperature, "0 or more");
        require(topK >= 0, "--top-k", topK, "0 or more");
        require(topP > 0 && topP <= 1, "--top-p", topP, "a number above 0, at most 1");
        require(beams > 0 && beams <= GenerateStep.MOST_BEAMS, "--beams", beams, "1 to " + GenerateStep.MOST_BEAMS);
        require(beams == 1 || temperature == 0, "--temperature with --beams", temperature, "0: a search draws nothing");
        require(beams == 1 || saveState == null, "--save-state", saveState, "no such option with --beams above 1");
        require(Double.isFinite(lengthPenalty), "--length-penalty", lengthPenalty, "a finite number");
        require(!stop.contains(""), "a --stop text", "empty", "at least one character");
        return new SamplingOptions(maxTokens, temperature, topK, topP, stop, seed);
    }

    private void require(boolean holds, String option, Object found, String expected) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), option + " is " + found + "; expected " + expected);
        }
    }
}
