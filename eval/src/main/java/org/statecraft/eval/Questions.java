package org.statecraft.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.statecraft.eval.cache.AnswerCache;
import org.statecraft.eval.metrics.Metrics;
import org.statecraft.eval.scoring.Answers;
import org.statecraft.eval.scoring.Request;
import org.statecraft.eval.scoring.Response;
import org.statecraft.eval.scoring.Scorer;
import org.statecraft.eval.scoring.UnscorableRequestException;
import org.statecraft.eval.tasks.Document;
import org.statecraft.eval.tasks.Task;

/** The requests of the documents of all tasks, in their order, each with the place that it comes from. */
final class Questions {

    /** A request, and for messages the document that asks it. */
    private record Question(Task task, int document, Request request) {}

    /** Told how many requests are answered. */
    interface Progress {
        void at(int done, int total);
    }

    private final List<Question> questions = new ArrayList<>();

    static Questions of(Map<Task, Task.Documents> documents) {
        Questions all = new Questions();
        documents.forEach((task, own) -> {
            for (int i = 0; i < own.used().size(); i++) {
                all.add(task, i, own.used().get(i));
            }
        });
        return all;
    }

    private void add(Task task, int place, Document document) {
        document.requests().forEach(request -> questions.add(new Question(task, place, request)));
        if (Metrics.needsUnconditional(task.config())) {
            String delimiter = task.config().targetDelimiter();
            document.choices()
                    .forEach(choice ->
                            questions.add(new Question(task, place, new Request.Continuation("", delimiter + choice))));
        }
    }

    /** How many requests a document has. */
    int count(Task task, Document document) {
        return document.requests().size()
                + (Metrics.needsUnconditional(task.config())
                        ? document.choices().size()
                        : 0);
    }

    /** The answers in the order of the requests. */
    Response[] ask(Scorer scorer, AnswerCache cache, Progress progress) {
        Asked asked = new Asked(new Response[questions.size()], cache, progress);
        asked.all(Request.Continuation.class, scorer::logLikelihood);
        asked.all(Request.Rolling.class, scorer::rolling);
        asked.all(Request.Generate.class, scorer::generate);
        return asked.answers;
    }

    /** One asking: what is known so far. */
    private final class Asked {
        private final Response[] answers;
        private final AnswerCache cache;
        private final Progress progress;
        private int done;

        Asked(Response[] answers, AnswerCache cache, Progress progress) {
            this.answers = answers;
            this.cache = cache;
            this.progress = progress;
        }

        /** Asks the requests of one kind whose answers are not stored. */
        <R extends Request, A extends Response> void all(Class<R> kind, BiConsumer<List<R>, Answers<A>> scorer) {
            List<R> requests = new ArrayList<>();
            List<Integer> places = new ArrayList<>();
            List<String> keys = new ArrayList<>();
            for (int i = 0; i < questions.size(); i++) {
                Question question = questions.get(i);
                if (!kind.isInstance(question.request)) {
                    continue;
                }
                String key = AnswerCache.key(question.task.config().versionText(), question.request);
                answers[i] = cache.get(key);
                if (answers[i] == null) {
                    requests.add(kind.cast(question.request));
                    places.add(i);
                    keys.add(key);
                } else {
                    done++;
                }
            }
            if (requests.isEmpty()) {
                return;
            }
            try {
                scorer.accept(requests, listener(places, keys));
            } catch (UnscorableRequestException e) {
                Question question = questions.get(places.get(e.request()));
                throw new UnscorableRequestException(
                        e.request(), question.task.place(question.document) + ": " + e.getMessage());
            }
        }

        private <A extends Response> Answers<A> listener(List<Integer> places, List<String> keys) {
            return new Answers<>() {
                @Override
                public void answer(int request, A answer) {
                    answers[places.get(request)] = answer;
                    cache.put(keys.get(request), answer);
                    done++;
                }

                @Override
                public void batchDone() {
                    cache.commit();
                    progress.at(done, questions.size());
                }
            };
        }
    }
}
