package org.statecraft.bench;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.statecraft.model.Devices;
import org.statecraft.model.Kernels;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.mamba1.Mamba1Layer;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of every benchmark that takes times: which models, with which kernels, how often. */
final class BenchModels {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--architecture",
            split = ",",
            description = "mamba1, mamba2 or both, with a comma (default: both).")
    private List<String> architectures = List.of(BenchShape.MAMBA2, BenchShape.MAMBA1);

    @Option(names = "--kernel", split = ",", description = "reference, fused or both, with a comma (default: both).")
    private List<String> kernels = List.of("reference", "fused");

    @Option(names = "--shape", defaultValue = "130m", description = "Sizes: 130m, 370m or 1.3b (default: 130m).")
    private String shape;

    @Option(names = "--layers", description = "Layers (default: as many as the published model has).")
    private Integer layers;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Measure this model; --architecture, --shape and --layers are then not read.")
    private Path given;

    @Option(names = "--repetitions", defaultValue = "15", description = "Counted rounds (default: ${DEFAULT-VALUE}).")
    private int repetitions;

    @Option(names = "--threads", description = "Threads of an operation (default: all processors).")
    private Integer threads;

    /** A measurement. */
    @FunctionalInterface
    interface Work {
        /**
         * Measures a model with one of the kernels.
         *
         * @param size what the table calls the model
         */
        void on(LanguageModel model, String size) throws IOException;
    }

    int repetitions() {
        return repetitions;
    }

    /** mamba1 or mamba2. */
    static String architecture(LanguageModel model) {
        return model.layers().get(0) instanceof Mamba1Layer ? BenchShape.MAMBA1 : BenchShape.MAMBA2;
    }

    /** Every one of the works on every model: all kernels of a work before the next work. */
    void each(List<Work> works) throws IOException {
        for (String kernel : kernels) {
            if (!Kernels.names().contains(kernel)) {
                throw new CommandLine.ParameterException(
                        command.commandLine(), "kernel '" + kernel + "' is not known; expected " + Kernels.names());
            }
        }
        Devices.useThreads(threads == null ? Runtime.getRuntime().availableProcessors() : threads);
        if (given != null) {
            each(works, given, given.toRealPath().getFileName().toString());
            return;
        }
        for (String architecture : architectures) {
            BenchShape whole = BenchShape.of(architecture, shape);
            BenchShape stack = layers == null ? whole : whole.withLayers(layers);
            Path folder = Files.createTempDirectory("statecraft-bench");
            try {
                stack.write(folder);
                each(works, folder, stack.size());
            } finally {
                Bench.delete(folder);
            }
        }
    }

    private void each(List<Work> works, Path folder, String size) throws IOException {
        try (LanguageModel model = LanguageModel.load(folder, Device.cpu())) {
            for (Work work : works) {
                for (String kernel : kernels) {
                    work.on(model.with(Kernels.named(kernel)), size);
                }
            }
        }
    }
}
