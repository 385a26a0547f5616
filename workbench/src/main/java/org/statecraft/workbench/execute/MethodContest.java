package org.statecraft.workbench.execute;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.model.files.JsonFiles;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.files.AdapterFiles;
import org.statecraft.peft.train.DivergedException;
import org.statecraft.peft.train.GradientProbe;
import org.statecraft.peft.train.TextWindows;
import org.statecraft.peft.train.Trainer;
import org.statecraft.peft.train.TrainingConfig;
import org.statecraft.peft.train.TrainingListener;
import org.statecraft.peft.train.TrainingReport;
import org.statecraft.workbench.methods.MethodComparison;
import org.statecraft.workbench.methods.Trial;
import org.statecraft.workbench.recipe.CompareMethodsStep;
import org.statecraft.workbench.run.PeakMemory;
import org.statecraft.workbench.table.TableFormat;

/**
 * Carries out a comparison: for each method it tries the learning rates, takes the one with the lowest validation loss, trains
 * with it once for each seed and scores the test text. Each training leaves one file; what is there is not done again.
 */
final class MethodContest {
    private final CompareMethodsStep step;
    private final Workspace workspace;
    private final Path folder;
    private final TextWindows train;
    private final TextWindows validation;
    private final TextWindows test;
    private final List<Contender> contenders;
    private int done;
    private final int planned;
    private final long begin = System.nanoTime();
    private int doneNow;

    MethodContest(CompareMethodsStep step, Workspace workspace, Path folder) {
        this.step = step;
        this.workspace = workspace;
        this.folder = folder;
        this.train = text(step.data().text(), null);
        this.validation = text(step.data().validation(), step.limit());
        this.test = text(step.test(), step.limit());
        this.contenders = Contender.of(
                step, workspace.model(), factory(workspace.resolved().recipe().seed()));
        this.planned = contenders.stream()
                .mapToInt(c -> c.learningRates().size() + step.seeds().size())
                .sum();
    }

    private MethodFactory factory(long seed) {
        int batch = step.optimizer().batch();
        OffsetFactory offsets = new OffsetFactory(
                batches -> new GradientProbe(train, batch, batches, seed), workspace.stop(), note -> {});
        return new MethodFactory(workspace.tokenizer(), seed, offsets);
    }

    void run() {
        for (Contender contender : contenders) {
            workspace.note("%s: %,d trained values%s, %s"
                    .formatted(
                            contender.name(),
                            contender.trained(),
                            contender.equalBudget() ? "" : " (another budget)",
                            contender.method().summary()));
        }
        PublishedFolder.removeLeftovers(folder.resolve("adapters"));
        MethodComparison comparison = compared();
        comparison
                .write(folder)
                .values()
                .forEach(file ->
                        workspace.note("wrote " + workspace.directory().path().relativize(file)));
        TableFormat.TEXT.render(comparison.table()).lines().forEach(workspace::note);
    }

    private MethodComparison compared() {
        MethodComparison comparison = new MethodComparison(
                "methods on " + step.test() + ", against " + step.reference(),
                windowBytes(),
                nats(workspace.model()),
                notes());
        List<String> atEdge = new ArrayList<>();
        List<Trial> reference = null;
        for (Contender contender : contenders) {
            double rate = bestRate(contender);
            if (atEdge(rate, contender.learningRates())) {
                atEdge.add(contender.name() + " (" + rate + ")");
            }
            List<Trial> trials = step.seeds().stream()
                    .map(seed -> trial(
                            contender,
                            "seed-" + seed,
                            rate,
                            seed,
                            step.optimizer().steps(),
                            true))
                    .toList();
            comparison.add(
                    contender.name(),
                    contender.equalBudget(),
                    contender.method().summary(),
                    reference,
                    trials);
            reference = reference == null ? trials : reference;
        }
        if (!atEdge.isEmpty()) {
            comparison.note("the best rate is the smallest or largest one tried, so a better one may lie beyond: "
                    + String.join(", ", atEdge));
        }
        return comparison;
    }

    private static boolean atEdge(double rate, List<Double> tried) {
        return tried.size() > 1 && (rate == Collections.min(tried) || rate == Collections.max(tried));
    }

    private List<String> notes() {
        return List.of(
                "%d windows of %d tokens, %d seeds; learning rate by the validation loss after %d of %d steps; batch %d"
                        .formatted(
                                test.size(),
                                step.data().length(),
                                step.seeds().size(),
                                step.sweepSteps(),
                                step.optimizer().steps(),
                                step.optimizer().batch()),
                "intervals: bootstrap over windows and seeds; * where that of the difference excludes 0");
    }

    private double bestRate(Contender contender) {
        long seed = workspace.resolved().recipe().seed();
        return contender.learningRates().stream()
                .map(rate -> trial(contender, "rate-" + rate, rate, seed, step.sweepSteps(), false))
                .filter(trial -> Double.isFinite(trial.validation()))
                .min(Comparator.comparingDouble(Trial::validation))
                .orElseThrow(() -> new TrainingFailure(contender))
                .learningRate();
    }

    /** The file of a training that was done, or the training. */
    private Trial trial(Contender contender, String name, double rate, long seed, int steps, boolean scored) {
        workspace.checkStop();
        Path file = folder.resolve("trials").resolve(contender.name()).resolve(name + ".json");
        done++;
        if (Files.exists(file)) {
            return JsonFiles.read(file, Trial.class);
        }
        Trial trial = train(contender, name, rate, seed, steps, scored);
        AtomicFiles.writeJson(file, trial);
        doneNow++;
        double left = (System.nanoTime() - begin) / 1e9 / doneNow * (planned - done);
        workspace.note(String.format(
                Locale.ROOT,
                "%d/%d  %s, %s: validation loss %.4f  %d:%02d left",
                done,
                planned,
                contender.name(),
                scored ? "seed " + seed : "rate " + rate,
                trial.validation(),
                (long) left / 60,
                (long) left % 60));
        return trial;
    }

    /** One training. One that tries a rate may diverge; a final one may not, as its method would have no score. */
    private Trial train(Contender contender, String name, double rate, long seed, int steps, boolean scored) {
        LanguageModel base = workspace.model();
        TrainingConfig config = TrainingSettings.validatedAtTheEnd(step.optimizer(), rate, steps, seed);
        double forward = scored ? Stopwatch.forward(base, batch(config.batch())) : 0;
        PeakMemory.reset();
        Paces paces = new Paces();
        try (TunableAdapter adapter = trained(contender, config, paces)) {
            Long peak = PeakMemory.bytes();
            if (!scored) {
                return Trial.ofRate(contender.name(), rate, seed, steps, paces.validation, contender.trained());
            }
            double after = Stopwatch.forward(base, batch(config.batch()));
            LanguageModel adapted = base.with(adapter);
            double update = Stopwatch.median(paces.seconds);
            Stopwatch.Tokens tokens = Stopwatch.Tokens.of(base, adapted);
            return new Trial(
                    contender.name(),
                    rate,
                    seed,
                    steps,
                    paces.validation,
                    nats(adapted),
                    contender.trained(),
                    store(adapter, contender.name() + "-" + name),
                    1000 * update,
                    update / (config.accumulate() * (forward + after) / 2),
                    peak,
                    1000 * (tokens.adapted() - tokens.base()),
                    tokens.adapted() / tokens.base());
        } catch (DivergedException e) {
            if (scored) {
                throw new InputException(
                        contender.name() + ", rate " + rate + ", seed " + seed
                                + ": diverged, although the rate was the best of "
                                + "the short trainings; take the largest rates out of " + contender.learningRates()
                                + ". "
                                + e.getMessage(),
                        e);
            }
            workspace.note(contender.name() + ", rate " + rate + ": " + e.getMessage());
            return Trial.ofRate(contender.name(), rate, seed, steps, Double.NaN, contender.trained());
        }
    }

    private TunableAdapter trained(Contender contender, TrainingConfig config, Paces paces) {
        LanguageModel base = workspace.model();
        MethodFactory ready = new WarmUp(base, train, new TrainingListener() {}, workspace.stop())
                .run(contender.method(), factory(config.seed()), config, null);
        TunableAdapter adapter = ready.create(contender.method(), base);
        try {
            TrainingReport report = new Trainer(base, adapter, train, config)
                    .validateOn(validation)
                    .listen(paces)
                    .cancelWhen(workspace.stop())
                    .train();
            if (report.state() == TrainingReport.State.CANCELLED) {
                throw new Cancelled();
            }
            return adapter;
        } catch (RuntimeException e) {
            adapter.close();
            throw e;
        }
    }

    private List<int[]> batch(int rows) {
        return IntStream.range(0, Math.min(rows, train.size()))
                .mapToObj(i -> train.example(i).ids())
                .toList();
    }

    /** Bytes of the stored adapter. */
    private long store(TunableAdapter adapter, String name) {
        Path target = folder.resolve("adapters").resolve(name);
        if (!PublishedFolder.isValid(target)) {
            AdapterFiles.save(adapter, workspace.modelName(), target);
        }
        try (Stream<Path> files = Files.walk(target)) {
            return files.filter(file -> file.toString().endsWith(".safetensors"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Summed loss of each window of the test text. */
    private double[] nats(LanguageModel model) {
        return IntStream.range(0, test.size())
                .mapToDouble(i -> {
                    workspace.checkStop();
                    try (NDManager scope = model.newScope()) {
                        TokenBatch row =
                                TokenBatch.padded(scope, List.of(test.example(i).ids()));
                        return model.lossSum(row, row.ids()).getFloat();
                    }
                })
                .toArray();
    }

    /** Bytes of the text that each window predicts. */
    private long[] windowBytes() {
        return IntStream.range(0, test.size())
                .mapToLong(i -> {
                    int[] ids = test.example(i).ids();
                    int[] predicted = Arrays.copyOfRange(ids, 1, ids.length);
                    return workspace.tokenizer().decode(predicted).getBytes(StandardCharsets.UTF_8).length;
                })
                .toArray();
    }

    /** Collects the time of every update, and the last validation loss. */
    private static final class Paces implements TrainingListener {
        final List<Double> seconds = new ArrayList<>();
        double validation = Double.NaN;
        private long latest = System.nanoTime();

        @Override
        public void progress(Progress progress) {
            long now = System.nanoTime();
            seconds.add((now - latest) / 1e9);
            latest = now;
        }

        @Override
        public void validated(int step, double loss) {
            validation = loss;
        }
    }

    /** No learning rate of a method ended with a finite loss. */
    private static final class TrainingFailure extends InputException {
        TrainingFailure(Contender contender) {
            super("the method " + contender.name() + " diverged at every learning rate of " + contender.learningRates()
                    + "; give it smaller ones");
        }
    }

    private TextWindows text(String file, Integer limit) {
        TextWindows all = TuneData.windows(
                workspace.resolved().dataFile(file),
                workspace.tokenizer(),
                step.data().length());
        return limit == null ? all : all.first(limit);
    }
}
