package org.statecraft.eval.cache;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.stream.IntStream;
import org.statecraft.eval.scoring.LogLikelihood;
import org.statecraft.eval.scoring.Response;
import org.statecraft.eval.scoring.RollingLogLikelihood;
import org.statecraft.eval.scoring.WrittenAnswer;
import org.statecraft.model.generate.Generation;

/** An answer as a short JSON list whose first element is its kind. Numbers come back bit by bit. */
final class AnswerJson {
    private AnswerJson() {}

    static ArrayNode of(Response answer) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        if (answer instanceof LogLikelihood likelihood) {
            return list.add("continuation").add(likelihood.sum()).add(likelihood.greedy());
        } else if (answer instanceof RollingLogLikelihood rolling) {
            return list.add("rolling").add(rolling.sum()).add(rolling.tokens());
        }
        WrittenAnswer written = (WrittenAnswer) answer;
        Generation text = written.generation();
        list.add("written").add(text.text()).add(text.finish().name());
        IntStream.of(text.tokens()).forEach(list.addArray()::add);
        return list.add(written.logProbability()).add(written.score()).add(written.cut());
    }

    /** @throws IllegalArgumentException if it is no answer */
    static Response read(JsonNode list) {
        return switch (list.path(0).asText()) {
            case "continuation" ->
                new LogLikelihood(list.path(1).doubleValue(), list.path(2).booleanValue());
            case "rolling" ->
                new RollingLogLikelihood(
                        list.path(1).doubleValue(), list.path(2).longValue());
            case "written" ->
                new WrittenAnswer(
                        new Generation(
                                list.path(1).asText(),
                                tokens(list.path(3)),
                                Generation.Finish.valueOf(list.path(2).asText())),
                        number(list.path(4)),
                        number(list.path(5)),
                        list.path(6).intValue());
            default -> throw new IllegalArgumentException("not an answer");
        };
    }

    private static int[] tokens(JsonNode list) {
        return IntStream.range(0, list.size()).map(i -> list.get(i).intValue()).toArray();
    }

    private static Double number(JsonNode value) {
        return value.isNumber() ? value.doubleValue() : null;
    }
}
