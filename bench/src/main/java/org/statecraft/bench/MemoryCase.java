package org.statecraft.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.statecraft.model.Devices;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LossGradient;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.safetensors.SafetensorsWriter;
import org.statecraft.peft.TunableAdapter;

/**
 * One piece of work in a process of its own, whose highest resident memory is then its own, too. Prints the resident memory
 * before it (the weights are in memory by then, and the libraries) and the highest.
 *
 * @param kind {@link #PREFILL}, {@link #RECORDED} or {@link #RECOMPUTED}
 * @param method of {@link TuningMethods}; a prefill is without it
 */
record MemoryCase(String kind, String method, Path folder, int length, int threads) {
    static final int VOCABULARY = 1024;

    static final String PREFILL = "prefill";
    static final String RECORDED = "recorded";
    static final String RECOMPUTED = "recomputed";

    /** Enough to bring weights and libraries into memory, too few to matter. */
    private static final int WARM_UP = 16;

    /** What the process held before and at most, in bytes. */
    record Result(long before, long peak) {
        long above() {
            return peak - before;
        }
    }

    /** Runs it in a virtual machine on the class path of this one. */
    Result measure() throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // a small young generation: the longer a run, the more of a large one is touched once and counts for
                // good
                "-XX:+UseSerialGC",
                "-Xms24m",
                "-Xmn16m",
                "-Xmx256m",
                "-Dai.djl.offline=true",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                System.getProperty("java.class.path"),
                MemoryCase.class.getName(),
                kind,
                method,
                folder.toString(),
                Integer.toString(length),
                Integer.toString(threads));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> lines;
        try (Stream<String> out = process.inputReader().lines()) {
            lines = out.toList();
        }
        try {
            if (process.waitFor() != 0 || lines.size() != 2) {
                throw new IllegalStateException(String.join(" ", command) + " failed: " + lines);
            }
        } catch (InterruptedException e) {
            process.destroy();
            throw new IllegalStateException(e);
        }
        return new Result(Long.parseLong(lines.get(0)), Long.parseLong(lines.get(1)));
    }

    public static void main(String[] args) throws IOException {
        new MemoryCase(args[0], args[1], Path.of(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[4])).run();
    }

    /** Where a training leaves its gradients. */
    Path gradients() {
        return folder.resolve(kind + ".safetensors");
    }

    private void run() throws IOException {
        Devices.useThreads(threads);
        try (LanguageModel model = LanguageModel.load(folder, Device.cpu());
                TunableAdapter adapter = TuningMethods.of(model).get(method).create(model)) {
            work(model, adapter, WARM_UP);
            long before = status("VmRSS:");
            work(model, adapter, length);
            System.out.println(before);
            System.out.println(status("VmHWM:"));
        }
    }

    private void work(LanguageModel model, TunableAdapter adapter, int tokens) throws IOException {
        try (NDManager scope = model.newScope()) {
            // the same tokens in every process
            long[] tokenIds =
                    new SplittableRandom(1).longs(tokens + 1, 0, VOCABULARY).toArray();
            NDArray ids = scope.create(tokenIds, new Shape(1, tokens + 1));
            if (kind.equals(PREFILL)) {
                model.prefill(TokenBatch.of(ids), null);
            } else {
                train(model.with(adapter), adapter, ids);
            }
        }
    }

    private void train(LanguageModel model, TunableAdapter adapter, NDArray ids) throws IOException {
        adapter.parameters().values().forEach(parameter -> parameter.setRequiresGradient(true));
        LossGradient gradient = kind.equals(RECOMPUTED) ? LossGradient.recomputed(model) : LossGradient.recorded(model);
        gradient.add(TokenBatch.of(ids), ids, 1.0 / ids.size());
        Map<String, NDArray> all = new LinkedHashMap<>();
        adapter.parameters().forEach((key, parameter) -> all.put(key, parameter.getGradient()));
        SafetensorsWriter.write(gradients(), all, Map.of());
        // turning it off drops the gradients
        adapter.parameters().values().forEach(parameter -> parameter.setRequiresGradient(false));
    }

    private static long status(String key) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith(key))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
