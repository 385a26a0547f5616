package org.statecraft.eval.python;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.statecraft.eval.EvalFixtures;

class PythonRandomTest {
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    /** Each call must leave the generator where CPython leaves it, or the next one fails. */
    @TestFactory
    Stream<DynamicTest> everyCallDrawsWhatCPythonDraws() {
        return EvalFixtures.elements(EvalFixtures.json("python_random.json").get("generators"))
                .map(generator -> {
                    String seed = generator.get("seed").asText();
                    return DynamicTest.dynamicTest("seed " + seed, () -> {
                        PythonRandom random = new PythonRandom(Long.parseUnsignedLong(seed));
                        for (JsonNode call : generator.get("calls")) {
                            String text = call.get("call").textValue();
                            assertEquals(strings(call.get("result")), drawn(random, text), text);
                        }
                    });
                });
    }

    private static List<String> strings(JsonNode results) {
        return EvalFixtures.elements(results).map(JsonNode::asText).toList();
    }

    private static List<String> drawn(PythonRandom random, String call) {
        List<Integer> numbers = NUMBER.matcher(call)
                .results()
                .map(MatchResult::group)
                .map(Integer::parseInt)
                .toList();
        int last = numbers.get(numbers.size() - 1);
        String name = call.substring(0, call.indexOf('('));
        return switch (name) {
            case "getrandbits" -> repeated(last, i -> Integer.toUnsignedString(random.bits32()));
            case "random" -> repeated(last, i -> Double.toString(random.random()));
            case "randrange" -> repeated(last, i -> Integer.toString(random.below(numbers.get(0))));
            case "choice" -> repeated(last, i -> String.valueOf("abcdefg".charAt(random.below(7))));
            case "choices" -> {
                int[] drawn = new int[last];
                random.choices(numbers.get(0), drawn);
                yield repeated(last, i -> Integer.toString(drawn[i]));
            }
            case "sample" -> sample(random, numbers.get(0), last);
            case "shuffle" -> shuffle(random, last);
            default -> throw new IllegalArgumentException("the fixture calls " + call);
        };
    }

    private static List<String> repeated(int times, Function<Integer, String> draw) {
        return IntStream.range(0, times).boxed().map(draw).toList();
    }

    private static List<String> sample(PythonRandom random, int n, int k) {
        double pool = 21 + (k > 5 ? Math.pow(4, Math.ceil(Math.log(3 * k) / Math.log(4))) : 0);
        if (n > pool) {
            Set<String> chosen = new LinkedHashSet<>();
            while (chosen.size() < k) {
                chosen.add(Integer.toString(random.below(n)));
            }
            return List.copyOf(chosen);
        }
        int[] left = IntStream.range(0, n).toArray();
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i < k; i++) {
            int j = random.below(n - i);
            chosen.add(Integer.toString(left[j]));
            left[j] = left[n - i - 1];
        }
        return chosen;
    }

    private static List<String> shuffle(PythonRandom random, int n) {
        int[] values = IntStream.range(0, n).toArray();
        for (int i = n - 1; i > 0; i--) {
            int j = random.below(i + 1);
            int swapped = values[i];
            values[i] = values[j];
            values[j] = swapped;
        }
        return Arrays.stream(values).mapToObj(Integer::toString).collect(Collectors.toList());
    }
}
