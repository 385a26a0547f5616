package org.statecraft.workbench.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.statecraft.workbench.run.RunDirectory;

/** A user's folder: a recipe of a few seconds over the bundled model, its texts, and the runs made there. */
public final class Workplace {
    public static final Path HOME = Path.of(System.getProperty("statecraft.home"));

    /** A tuning between two evaluations, then a text that is drawn at random. */
    private static final String RECIPE =
            """
            name: tiny
            model: models/books-4m
            seed: 7
            threads: 1
            steps:
              - evaluate: {tasks: [verse], max-length: 64, label: before}
              - tune:
                  method: {type: state-offset, form: low-rank, rank: 2}
                  data: {text: train.txt, length: 16}
                  optimizer: {learning-rate: 1e-2, steps: 12, batch: 2}
                  checkpoint-every: 3
              - evaluate: {tasks: [verse], max-length: 64, label: after}
              - generate: {prompt: "KING RICHARD:", max-tokens: 8, temperature: 0.8}
            presets:
              short:
                steps[1].tune.optimizer.steps: 4
            """;

    private static final String TASK =
            """
            task: verse
            dataset_path: text
            dataset_kwargs: {sample_by: document, data_files: {test: ../held-out.txt}}
            test_split: test
            output_type: loglikelihood_rolling
            doc_to_text: ""
            doc_to_target: "{{text}}"
            metric_list: [{metric: bits_per_byte}, {metric: byte_perplexity}]
            metadata: {version: 1.0}
            """;

    private final Path folder;

    public Workplace(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder.resolve("tasks"));
        Files.writeString(recipe(), RECIPE);
        Files.writeString(folder.resolve("tasks/verse.yaml"), TASK);
        // 20 windows, of which the 12 updates take 24: the training reaches its second pass
        excerpt("shakespeare-train.txt", 900, folder.resolve("train.txt"));
        excerpt("shakespeare-test.txt", 1_500, folder.resolve("held-out.txt"));
    }

    private static void excerpt(String name, int length, Path target) throws IOException {
        byte[] whole = Files.readAllBytes(HOME.resolve("recipes/data").resolve(name));
        Files.writeString(target, new String(Arrays.copyOf(whole, length), StandardCharsets.UTF_8));
    }

    public Path folder() {
        return folder;
    }

    public Path recipe() {
        return folder.resolve("recipe.yaml");
    }

    public Path runs() {
        return folder.resolve("runs");
    }

    /** The only run made here. */
    public RunDirectory onlyRun() {
        List<RunDirectory> all = RunDirectory.list(runs());
        if (all.size() != 1) {
            throw new AssertionError("expected one run in " + runs() + ", found " + all);
        }
        return all.get(0);
    }

    /** Starts the program here. */
    public Program start(String... arguments) {
        return Program.start(folder, arguments);
    }

    /** Starts {@code run} on the recipe, with further arguments. */
    public Program startRun(String... more) {
        List<String> arguments = new ArrayList<>(List.of("run", "recipe.yaml"));
        arguments.addAll(List.of(more));
        return start(arguments.toArray(String[]::new));
    }

    /** Makes a run, which must succeed. */
    public RunDirectory run(String... more) throws InterruptedException {
        Program.Ended ended = startRun(more).await();
        if (ended.exitCode() != 0) {
            throw new AssertionError(ended.toString());
        }
        return RunDirectory.open(runs(), folder.resolve(ended.lastLine()).toString());
    }
}
