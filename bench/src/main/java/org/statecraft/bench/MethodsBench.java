package org.statecraft.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.statecraft.model.LanguageModel;
import org.statecraft.peft.TunableAdapter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A training step of every tuning method against the loss of the bare model on the same batch. */
@Command(
        name = "methods",
        mixinStandardHelpOptions = true,
        description = "Time of a training step of every tuning method, relative to the loss of the bare model.",
        footer = {"", "Example: bench/run methods state-offset lora-in --architecture mamba2 --kernel fused"})
final class MethodsBench implements Callable<Integer> {
    @Parameters(paramLabel = "METHOD", arity = "0..*", description = "Methods to measure (default: all).")
    private List<String> names = new ArrayList<>();

    @Mixin
    private BenchModels models;

    @Option(names = "--train", split = ",", description = "Rows and tokens of a step (default: 4,256).")
    private List<Integer> training = List.of(4, 256);

    @Override
    public Integer call() throws Exception {
        System.out.printf(
                "%-24s %-7s %-10s %-13s %6s %5s %6s %10s %10s %10s %8s %8s %8s%n",
                "method", "model", "kernel", "shape", "layers", "batch", "length", "trained", "step s", "loss s",
                "ratio", "low", "high");
        models.each(List.of(this::measure));
        return 0;
    }

    private void measure(LanguageModel model, String size) {
        for (Map.Entry<String, TuningMethods.Method> method :
                TuningMethods.chosen(model, names).entrySet()) {
            try (TunableAdapter adapter = method.getValue().create(model)) {
                Pairs pairs = new TrainingStepBench(model, training.get(0), training.get(1), models.repetitions())
                        .measure(adapter, model);
                System.out.printf(
                        Locale.ROOT,
                        "%-24s %-7s %-10s %-13s %6d %5d %6d %10d %10.4f %10.4f %8.2f %8.2f %8.2f%n",
                        method.getKey(),
                        BenchModels.architecture(model),
                        model.kernel().name(),
                        size,
                        model.layers().size(),
                        training.get(0),
                        training.get(1),
                        adapter.parameterCount(),
                        pairs.medianSeconds(),
                        pairs.floorSeconds(),
                        pairs.ratio(),
                        pairs.low(),
                        pairs.high());
            }
        }
    }
}
