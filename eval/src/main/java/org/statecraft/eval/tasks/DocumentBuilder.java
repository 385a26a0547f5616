package org.statecraft.eval.tasks;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.statecraft.eval.metrics.Metrics;
import org.statecraft.eval.python.PythonText;
import org.statecraft.eval.scoring.Request;
import org.statecraft.model.InputException;

/** Makes requests of documents: prompts are put together as the harness does ({@code methods/evaluation.md}, 2). */
final class DocumentBuilder {
    private final TaskConfig config;

    DocumentBuilder(TaskConfig config) {
        this.config = config;
    }

    /** What stands before the question: description and examples. */
    String examples(List<Row> rows) {
        StringBuilder text = new StringBuilder(config.description());
        for (Row row : rows) {
            Object question = question(row);
            text.append(question instanceof String asked ? asked : choices(row).get((Integer) question));
            String answer = exampleAnswer(row);
            if (!answer.isEmpty()) {
                text.append(config.targetDelimiter()).append(answer);
            }
            text.append(config.fewShot().delimiter());
        }
        return text.toString();
    }

    private String exampleAnswer(Row row) {
        Object target = target(row);
        Object first = target instanceof List<?> list ? list.get(0) : target;
        return first instanceof Integer place && config.docToChoice() != null
                ? choices(row).get(place)
                : PythonText.of(first);
    }

    Document document(Row row, String before) {
        Object target = target(row);
        return switch (config.outputType()) {
            case LOGLIKELIHOOD ->
                single(
                        row,
                        new Request.Continuation(before + text(row), PythonText.of(target)),
                        List.of(),
                        target,
                        PythonText.of(target));
            case LOGLIKELIHOOD_ROLLING -> {
                String whole = PythonText.of(target);
                String source = config.results() == null
                        ? whole
                        : (String) config.results().of(row);
                if (whole.isEmpty()) {
                    throw new InputException("an empty text; a text to score was expected");
                }
                yield single(row, new Request.Rolling(whole, Metrics.windows(config)), List.of(), target, source);
            }
            case MULTIPLE_CHOICE -> multipleChoice(row, before, target);
            case GENERATE_UNTIL -> {
                String prompt = before + text(row);
                if (!prompt.startsWith(config.prefix())) {
                    throw new InputException("the prompt does not begin with metadata.statecraft.prefix '"
                            + config.prefix() + "'; it begins with '"
                            + prompt.substring(0, Math.min(40, prompt.length())) + "'");
                }
                String prefix = config.prefix();
                Request request = new Request.Generate(prefix, prompt.substring(prefix.length()), config.generation());
                List<String> choices = config.docToChoice() == null ? List.of() : choices(row);
                yield single(row, request, choices, target, prompt);
            }
        };
    }

    private Document single(Row row, Request request, List<String> choices, Object target, String source) {
        List<Integer> gold = choices.isEmpty() ? List.of() : places(target, choices);
        List<String> targets = choices.isEmpty()
                ? references(target)
                : gold.stream().map(choices::get).toList();
        return new Document(row.fields(), List.of(request), choices, gold, targets, PythonText.of(target), source);
    }

    /** Several texts of which each is right; an empty one beside others is no further reference: the test file of DART has one. */
    private static List<String> references(Object target) {
        if (!(target instanceof List<?> list)) {
            return List.of(PythonText.of(target));
        }
        List<String> texts = list.stream()
                .map(PythonText::of)
                .filter(text -> !text.isBlank())
                .toList();
        if (texts.isEmpty()) {
            throw new InputException("doc_to_target gives no text; a document needs at least one right answer");
        }
        return texts;
    }

    private Document multipleChoice(Row row, String before, Object target) {
        List<String> choices = choices(row);
        Object question = question(row);
        List<Request> requests = new ArrayList<>();
        List<Integer> gold;
        if (question instanceof Integer place) {
            // the choices are contexts, and all of them have the same continuation
            gold = places(place, choices);
            String continuation = config.targetDelimiter() + PythonText.of(target);
            choices.forEach(choice -> requests.add(new Request.Continuation(before + choice, continuation)));
        } else {
            gold = places(target, choices);
            String context = before + question;
            choices.forEach(
                    choice -> requests.add(new Request.Continuation(context, config.targetDelimiter() + choice)));
        }
        List<String> targets = gold.stream().map(choices::get).toList();
        return new Document(
                row.fields(), requests, choices, gold, targets, PythonText.of(target), PythonText.of(question));
    }

    /** Places of right choices; a text stands for the choice that it equals. */
    private static List<Integer> places(Object target, List<String> choices) {
        List<?> targets = target instanceof List<?> list ? list : List.of(target);
        List<Integer> places = new ArrayList<>();
        for (Object one : targets) {
            int place = one instanceof Number number ? number.intValue() : choices.indexOf(PythonText.of(one));
            if (place < 0 || place >= choices.size()) {
                throw new InputException("the answer is " + PythonText.of(one) + ", which is none of the "
                        + choices.size() + " choices " + PythonText.of(choices));
            }
            places.add(place);
        }
        return places;
    }

    private String text(Row row) {
        return PythonText.of(question(row));
    }

    private Object question(Row row) {
        return number(config.docToText().of(row));
    }

    private Object target(Row row) {
        return number(config.docToTarget().of(row));
    }

    /** A whole number, or digits where there are choices, is a place among them; anything else stays what it is. */
    private Object number(Object value) {
        if (value instanceof Long number) {
            return Math.toIntExact(number);
        } else if (value instanceof List<?> list) {
            return list.stream().map(this::number).toList();
        } else if (value instanceof String text && config.docToChoice() != null && text.matches("\\p{Nd}{1,9}")) {
            return Integer.valueOf(text);
        }
        return value;
    }

    private List<String> choices(Row row) {
        Object value = config.docToChoice().of(row);
        if (value instanceof List<?> list && !list.isEmpty()) {
            return IntStream.range(0, list.size())
                    .mapToObj(i -> PythonText.of(list.get(i)))
                    .toList();
        }
        throw new InputException("doc_to_choice gives " + PythonText.of(value) + "; a list of texts was expected");
    }
}
