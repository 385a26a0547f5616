package org.statecraft.eval;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.statecraft.eval.cache.AnswerCache;
import org.statecraft.eval.scoring.Response;
import org.statecraft.eval.scoring.Scorer;
import org.statecraft.eval.tasks.Document;
import org.statecraft.eval.tasks.Task;
import org.statecraft.model.InputException;

/**
 * Puts the documents of tasks to a scorer and aggregates the answers. The requests of all tasks go together, so that a scorer can
 * batch them by length.
 */
public final class Evaluator {
    private Evaluator() {}

    /**
     * Evaluates {@code tasks}. All data is read before the first request is scored.
     *
     * @param cache answers that are known already; it hears of new ones as they come
     * @throws InputException when data is malformed, a document cannot be scored or a log-likelihood is not finite
     */
    public static EvaluationResult run(
            List<Task> tasks,
            Scorer scorer,
            EvaluationOptions options,
            AnswerCache cache,
            EvaluationProgress progress) {
        Map<Task, Task.Documents> documents = new LinkedHashMap<>();
        Set<String> names = new HashSet<>();
        for (Task task : tasks) {
            if (!names.add(task.name())) {
                throw new InputException("two tasks are named " + task.name() + "; results need a name for each");
            }
            documents.put(task, task.documents(options::of));
        }
        Questions questions = Questions.of(documents);
        String what = tasks.size() == 1 ? tasks.get(0).name() : tasks.size() + " tasks";
        Response[] answers = questions.ask(scorer, cache, (done, total) -> progress.at(what, done, total));
        List<TaskResult> results = new ArrayList<>();
        int first = 0;
        for (Map.Entry<Task, Task.Documents> entry : documents.entrySet()) {
            Task task = entry.getKey();
            List<Sample> samples = new ArrayList<>();
            for (Document document : entry.getValue().used()) {
                int count = questions.count(task, document);
                samples.add(
                        sample(task, samples.size(), document, List.of(answers).subList(first, first + count)));
                first += count;
            }
            results.add(TaskResult.of(task, entry.getValue().all(), samples, options));
        }
        return new EvaluationResult(List.copyOf(results), options);
    }

    private static Sample sample(Task task, int place, Document document, List<Response> answers) {
        for (Response answer : answers) {
            if (!Double.isFinite(answer.sum())) {
                throw new InputException(task.place(place) + ": the model's log-likelihood is " + answer.sum()
                        + "; no score can be made of that. Check the model's weights and adapters for values that are"
                        + " not finite");
            }
        }
        return Sample.of(task, document, answers);
    }
}
