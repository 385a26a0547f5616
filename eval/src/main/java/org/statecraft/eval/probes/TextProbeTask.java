package org.statecraft.eval.probes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.eval.TaskResult;
import org.statecraft.eval.metrics.Metric;
import org.statecraft.eval.metrics.Metrics;
import org.statecraft.eval.metrics.Observation;
import org.statecraft.eval.scoring.GenerationSettings;
import org.statecraft.eval.scoring.Request;
import org.statecraft.eval.scoring.WrittenAnswer;
import org.statecraft.eval.tasks.Document;
import org.statecraft.eval.tasks.OutputType;
import org.statecraft.eval.tasks.Task;
import org.statecraft.model.InputException;

/**
 * A text probe as a task of the harness: its questions are documents whose choices are ranked, whose answer is written, or both.
 *
 * <p>Metrics are the harness's {@code acc} where the right choice must be the likeliest; of written answers {@code contained}, the share of
 * expected texts in them, or {@code exact}, by what the probe asks for.
 */
public final class TextProbeTask {
    private static final String ACCURACY = "acc";

    /** How a question is put. A probe without choices can only be written. */
    public enum Answering {
        RANKED,
        WRITTEN,
        BOTH
    }

    private final ProbeSet set;
    private final boolean ranked;
    private final boolean written;
    private final int maxTokens;
    private final Map<ProbeSlice, List<ProbeQuestion>> questions = new LinkedHashMap<>();
    private final Task task;

    /**
     * Draws the questions.
     *
     * @param maxTokens most new tokens of an answer, where the probe allows more
     * @param beforeSlice called before each slice is drawn, which may take long; what it throws ends the drawing
     * @throws InputException when a slice cannot be drawn from
     */
    public TextProbeTask(TextProbe probe, ProbeSet set, Answering answering, int maxTokens, Runnable beforeSlice) {
        this.set = set;
        this.maxTokens = maxTokens;
        for (ProbeSlice slice : set.slices()) {
            beforeSlice.run();
            questions.put(slice, probe.questions(slice, set.seed(), set.examples()));
        }
        boolean choices =
                questions.values().stream().allMatch(some -> some.get(0).gold() >= 0);
        this.ranked = choices && answering != Answering.WRITTEN;
        this.written = !choices || answering != Answering.RANKED;
        this.task = task(probe.name());
    }

    public Task task() {
        return task;
    }

    /** The answers of the evaluated task with their levels of chance. */
    public ProbeResult result(TaskResult result) {
        Map<String, Double> chance = new LinkedHashMap<>();
        if (ranked) {
            questions.forEach((slice, some) -> chance.put(
                    ProbeSet.metric(ACCURACY, slice),
                    some.stream()
                            .mapToDouble(question -> 1.0 / question.choices().size())
                            .average()
                            .orElseThrow()));
        }
        return new ProbeResult(result, chance, Map.of());
    }

    private Task task(String probe) {
        List<Metric> metrics = new ArrayList<>();
        if (ranked) {
            metrics.addAll(set.metrics(ACCURACY, Metrics.named(OutputType.MULTIPLE_CHOICE, ACCURACY)::observe));
        }
        if (written) {
            ProbeQuestion.Match match =
                    questions.values().iterator().next().get(0).match();
            metrics.addAll(set.metrics(match.metric(), (document, answers) -> {
                WrittenAnswer answer = (WrittenAnswer) answers.get(answers.size() - 1);
                return new Observation(
                        match.score(document.targets(), answer.generation().text()));
            }));
        }
        List<Document> documents = questions.values().stream()
                .flatMap(List::stream)
                .map(this::document)
                .toList();
        OutputType type = ranked ? OutputType.MULTIPLE_CHOICE : OutputType.GENERATE_UNTIL;
        return new Task(
                set.config(probe, "prompt", type),
                metrics,
                limit -> new Task.Documents(
                        documents.subList(0, Math.min(documents.size(), limit.apply(documents.size()))),
                        documents.size()));
    }

    private Document document(ProbeQuestion question) {
        ObjectNode fields = ProbeSet.fields(question.slice()).put("prompt", question.prompt());
        List<Request> requests = new ArrayList<>();
        List<String> choices =
                ranked ? question.choices().stream().map(String::strip).toList() : List.of();
        choices.forEach(choice -> requests.add(new Request.Continuation(question.prompt(), " " + choice)));
        choices.forEach(fields.putArray("choices")::add);
        question.expected().forEach(fields.putArray("answers")::add);
        if (written) {
            int most = Math.min(question.maxTokens(), maxTokens);
            requests.add(new Request.Generate("", question.prompt(), GenerationSettings.greedy(most, question.stop())));
        }
        return new Document(
                fields,
                requests,
                choices,
                ranked ? List.of(question.gold()) : List.of(),
                question.expected(),
                String.join(", ", question.expected()),
                question.prompt());
    }
}
