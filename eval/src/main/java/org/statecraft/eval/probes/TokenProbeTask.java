package org.statecraft.eval.probes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.statecraft.eval.EvaluationOptions;
import org.statecraft.eval.Sample;
import org.statecraft.eval.TaskResult;
import org.statecraft.eval.metrics.Metric;
import org.statecraft.eval.metrics.Observation;
import org.statecraft.eval.scoring.Marks;
import org.statecraft.eval.scoring.Request;
import org.statecraft.eval.scoring.Response;
import org.statecraft.eval.tasks.Document;
import org.statecraft.eval.tasks.OutputType;
import org.statecraft.eval.tasks.Task;
import org.statecraft.model.InputException;

/**
 * A token probe as a task: each sequence is a document, with its symbols and answers as texts.
 *
 * <p>Metrics are {@code acc}, the share of right positions of a sequence, and, where a sequence asks more than one, {@code whole}, whether
 * all of them are right.
 */
public final class TokenProbeTask {
    private static final String ACCURACY = "acc";
    private static final String WHOLE = "whole";

    private final TokenProbe probe;
    private final ProbeSet set;
    private final Map<ProbeSlice, List<ProbeSequence>> sequences = new LinkedHashMap<>();

    /**
     * Draws the sequences.
     *
     * @throws InputException when a slice has none
     */
    public TokenProbeTask(TokenProbe probe, ProbeSet set) {
        this.probe = probe;
        this.set = set;
        for (ProbeSlice slice : set.slices()) {
            List<ProbeSequence> drawn = ProbeData.draw(probe, slice, Split.TEST, set.seed(), set.examples());
            if (drawn.isEmpty()) {
                throw new InputException("probe " + probe.name() + " has no test sequences in the slice '" + slice
                        + "'; choose longer ones");
            }
            sequences.put(slice, drawn);
        }
    }

    /** How many sequences were drawn of each slice: fewer than wanted where it has no more. */
    public Map<ProbeSlice, Integer> drawn() {
        Map<ProbeSlice, Integer> drawn = new LinkedHashMap<>();
        sequences.forEach((slice, some) -> drawn.put(slice, some.size()));
        return drawn;
    }

    /** Finds how a model does on the sequences of a slice: {@link ProbeScorer#score}. */
    @FunctionalInterface
    public interface Judge {
        SliceScore score(
                TokenProbe probe, ProbeSlice slice, List<ProbeSequence> sequences, ProbeScorer.Progress progress);
    }

    /**
     * Scores all sequences.
     *
     * @param ranking the one that {@code judge} works by
     */
    public ProbeResult score(Judge judge, Ranking ranking, ProbeScorer.Progress progress) {
        Task task = task(ranking);
        int total = sequences.values().stream().mapToInt(List::size).sum();
        List<Sample> samples = new ArrayList<>();
        Map<String, Double> chance = new LinkedHashMap<>();
        Map<String, Double> constant = new LinkedHashMap<>();
        sequences.forEach((slice, some) -> {
            int before = samples.size();
            SliceScore score = judge.score(probe, slice, some, (done, of) -> progress.at(before + done, total));
            for (int i = 0; i < some.size(); i++) {
                List<Response> answers = List.of(score.sequences().get(i));
                samples.add(Sample.of(task, document(slice, some.get(i)), answers));
            }
            chance.put(ProbeSet.metric(ACCURACY, slice), score.chance());
            constant.put(ProbeSet.metric(ACCURACY, slice), score.constant());
        });
        TaskResult result = TaskResult.of(task, total, samples, EvaluationOptions.defaults());
        return new ProbeResult(result, chance, constant);
    }

    private Task task(Ranking ranking) {
        List<Metric> metrics = new ArrayList<>(set.metrics(
                ACCURACY, (document, answers) -> new Observation(marks(answers).share())));
        boolean several = sequences.values().stream().flatMap(List::stream).anyMatch(s -> s.scored() > 1);
        if (several) {
            metrics.addAll(set.metrics(
                    WHOLE, (document, answers) -> new Observation(marks(answers).all() ? 1 : 0)));
        }
        OutputType type = ranking == Ranking.CANDIDATES ? OutputType.MULTIPLE_CHOICE : OutputType.GENERATE_UNTIL;
        return new Task(set.config(probe.name(), "input", type), metrics, limit -> {
            List<Document> documents = new ArrayList<>();
            sequences.forEach((slice, some) -> some.forEach(sequence -> documents.add(document(slice, sequence))));
            return new Task.Documents(documents.subList(0, limit.apply(documents.size())), documents.size());
        });
    }

    private static Marks marks(List<? extends Response> answers) {
        return (Marks) answers.get(0);
    }

    private Document document(ProbeSlice slice, ProbeSequence sequence) {
        String input = IntStream.of(sequence.input()).mapToObj(this::symbol).collect(Collectors.joining(" "));
        // a dot where nothing is asked: the answers stand below the symbols
        String answers = IntStream.of(sequence.labels())
                .mapToObj(label -> label == ProbeSequence.IGNORED ? "." : symbol(label))
                .collect(Collectors.joining(" "));
        ObjectNode fields = ProbeSet.fields(slice).put("input", input).put("answers", answers);
        return new Document(
                fields, List.of(new Request.Symbols(input)), List.of(), List.of(), List.of(answers), answers, input);
    }

    private String symbol(int number) {
        return probe.alphabet().get(number);
    }
}
