package org.statecraft.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the random model of a {@link BenchShape}, so that other programs can run the very same file. */
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        description = "Write a model with random weights in the Hugging Face layout, without a tokenizer.",
        footer = {
            "",
            "Example: bench/run model --architecture mamba2 --shape 130m mamba2-130m",
            "Next:    bench/run prefill decode --model mamba2-130m"
        })
final class ModelFolder implements Callable<Integer> {
    @Parameters(paramLabel = "FOLDER", description = "A folder that is new or empty.")
    private Path folder;

    @Option(
            names = "--architecture",
            defaultValue = BenchShape.MAMBA2,
            description = "mamba1 or mamba2 (default: ${DEFAULT-VALUE}).")
    private String architecture;

    @Option(
            names = "--shape",
            defaultValue = "130m",
            description = "Sizes: 130m, 370m or 1.3b (default: ${DEFAULT-VALUE}).")
    private String shape;

    @Option(names = "--layers", description = "Layers (default: as many as the published model has).")
    private Integer layers;

    @Override
    public Integer call() throws IOException {
        BenchShape stack;
        try {
            stack = BenchShape.of(architecture, shape);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            return 2;
        }
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(folder)) {
            if (files.findAny().isPresent()) {
                System.err.println(folder + " holds files; name a folder that is new or empty");
                return 2;
            }
        }
        (layers == null ? stack : stack.withLayers(layers)).write(folder);
        System.out.println(folder);
        return 0;
    }
}
