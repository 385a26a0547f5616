package org.statecraft.eval.probes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.eval.EvalFixtures;

class WordProblemTest {

    static Stream<String> groups() {
        return WordProblem.NAMES.stream();
    }

    @ParameterizedTest
    @CsvSource({"S3", "A5", "Z60"})
    void tablesEqualTheFixture(String name) {
        JsonNode expected =
                EvalFixtures.json("probes/groups.json").path("groups").path(name);
        int[][] table = WordProblem.of(name).group().table();
        assertEquals(expected.path("size").intValue(), table.length);
        for (int a = 0; a < table.length; a++) {
            assertArrayEquals(EvalFixtures.ints(expected.path("table").path(a)), table[a]);
        }
    }

    @ParameterizedTest
    @MethodSource("groups")
    void theLawsOfAGroupHold(String name) {
        int[][] table = WordProblem.of(name).group().table();
        int n = table.length;
        for (int a = 0; a < n; a++) {
            assertEquals(a, table[a][0]);
            assertEquals(a, table[0][a]);
            int element = a;
            assertEquals(n, IntStream.of(table[a]).distinct().count());
            assertEquals(
                    1,
                    IntStream.range(0, n)
                            .filter(b -> table[element][b] == 0 && table[b][element] == 0)
                            .count());
            for (int b = 0; b < n; b++) {
                for (int c = 0; c < n; c++) {
                    if (table[table[a][b]][c] != table[a][table[b][c]]) {
                        throw new AssertionError(a + ", " + b + " and " + c + " do not associate");
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"Z2,'2,1'", "S3,'6,3,1'", "A4xZ5,'60,4,1'", "Z60,'60,1'", "A5,'60,60'", "S5,'120,60,60'"})
    void commutatorsTellWhichGroupsAreSolvable(String name, String sizes) {
        int[][] table = WordProblem.of(name).group().table();
        List<Integer> series = new ArrayList<>();
        Set<Integer> group = IntStream.range(0, table.length).boxed().collect(Collectors.toSet());
        do {
            series.add(group.size());
            group = derived(table, group);
        } while (group.size() < series.get(series.size() - 1));
        if (group.size() > 1) {
            series.add(group.size());
        }
        assertEquals(sizes, series.stream().map(String::valueOf).collect(Collectors.joining(",")));
    }

    private static Set<Integer> derived(int[][] table, Set<Integer> group) {
        Set<Integer> generated = new TreeSet<>();
        for (int a : group) {
            for (int b : group) {
                generated.add(table[table[inverse(table, a)][inverse(table, b)]][table[a][b]]);
            }
        }
        int before;
        do {
            before = generated.size();
            for (int a : List.copyOf(generated)) {
                for (int b : List.copyOf(generated)) {
                    generated.add(table[a][b]);
                }
            }
        } while (generated.size() > before);
        return generated;
    }

    private static int inverse(int[][] table, int a) {
        return IntStream.range(0, table.length)
                .filter(b -> table[a][b] == 0)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void labelsOfTheFixture() {
        List<JsonNode> cases = EvalFixtures.objects("probes/word_problem.jsonl");
        assertTrue(cases.size() > 30);
        for (JsonNode expected : cases) {
            int[] input = EvalFixtures.ints(expected.get("input"));
            WordProblem probe = WordProblem.of(expected.get("group").asText());
            assertArrayEquals(
                    EvalFixtures.ints(expected.get("labels")), probe.answers(input, ProbeSlice.of("T", input.length)));
        }
    }

    @Test
    void noSequenceIsDrawnTwiceNorForTrainingAndTest() {
        WordProblem probe = WordProblem.of("S3");
        Set<String> seen = new HashSet<>();
        int drawn = 0;
        List<ProbeSlice> test = List.of(ProbeSlice.of("T", 4), ProbeSlice.of("T", 5), ProbeSlice.of("T", 6));
        for (ProbeSlice slice : test) {
            for (ProbeSequence sequence : ProbeData.draw(probe, slice, Split.TEST, 1, 300)) {
                seen.add(Arrays.toString(sequence.input()));
                drawn++;
            }
        }
        for (ProbeSequence sequence : ProbeData.draw(probe, ProbeSlice.lengths(4, 6), Split.TRAIN, 1, 20_000)) {
            seen.add(Arrays.toString(sequence.input()));
            drawn++;
        }
        assertTrue(drawn > 15_000, drawn + " sequences");
        assertEquals(drawn, seen.size());
    }

    @Test
    void aboutOneInputInFiveIsKeptForTests() {
        int[] kept = new int[1];
        Brute.strings(6, 6, string -> kept[0] += ProbeData.splitOf(string) == Split.TEST ? 1 : 0);
        double share = kept[0] / Math.pow(6, 6);
        assertEquals(0.2, share, 0.01);
    }
}
