package org.statecraft.eval.probes;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.statecraft.eval.python.PythonRandom;

/**
 * The word problem of a finite group: elements one after the other, and after each the product of all so far, left to right.
 *
 * <p>S5 and A5 are not solvable, and their word problem takes a state that no stack of a few diagonal recurrences can carry; Z60 and
 * A4 x Z5 are solvable and as large as A5. Source: Merrill et al. 2024 (The Illusion of State); {@code docs/probes.md}.
 */
final class WordProblem implements TokenProbe {
    private static final int FEWEST_TO_WITHHOLD = 1000;
    private static final Map<String, Supplier<Group>> GROUPS = Map.of(
            "Z2", () -> Group.cyclic("Z2", 2),
            "S3", () -> Group.symmetric("S3", 3),
            "A4xZ5", () -> Group.alternating("A4", 4).times("A4xZ5", Group.cyclic("Z5", 5)),
            "Z60", () -> Group.cyclic("Z60", 60),
            "A5", () -> Group.alternating("A5", 5),
            "S5", () -> Group.symmetric("S5", 5));
    static final List<String> NAMES = List.of("Z2", "S3", "A4xZ5", "Z60", "A5", "S5");
    private static final String PREFIX = "word-";

    private final String name;
    private final Group group;

    private WordProblem(String name, Group group) {
        this.name = name;
        this.group = group;
    }

    static String nameOf(String group) {
        return PREFIX + group.toLowerCase(Locale.ROOT);
    }

    static WordProblem of(String group) {
        return new WordProblem(nameOf(group), GROUPS.get(group).get());
    }

    Group group() {
        return group;
    }

    @Override
    public String name() {
        return name;
    }

    /** The numbers of the elements. */
    @Override
    public List<String> alphabet() {
        return IntStream.range(0, group.size()).mapToObj(Integer::toString).toList();
    }

    @Override
    public List<ProbeSlice> slices() {
        return IntStream.rangeClosed(2, 20)
                .mapToObj(length -> ProbeSlice.of("T", length))
                .toList();
    }

    @Override
    public List<ProbeSlice> trainingSlices() {
        return List.of(ProbeSlice.lengths(2, 20));
    }

    @Override
    public ProbeSequence draw(PythonRandom random, ProbeSlice slice) {
        int[] input = new int[Draws.between(random, slice.range("T"))];
        int[] labels = new int[input.length];
        int product = 0;
        for (int t = 0; t < input.length; t++) {
            input[t] = random.below(group.size());
            product = group.table()[product][input[t]];
            labels[t] = product;
        }
        return new ProbeSequence(input, labels, Draws.range(0, group.size()));
    }

    /** Follows every point through the permutations, without the table. */
    @Override
    public int[] answers(int[] input, ProbeSlice slice) {
        int[] answers = new int[input.length];
        int[] moved = group.elements().get(0);
        for (int t = 0; t < input.length; t++) {
            if (input[t] < 0 || input[t] >= group.size()) {
                throw new NotInProbeException(
                        "position " + t + " holds " + input[t] + ", which is no element of " + group.name());
            }
            moved = Group.composed(moved, group.elements().get(input[t]));
            answers[t] = group.number(moved);
        }
        return answers;
    }

    /** Slices of very few sequences are tested whole: withholding some from training would say nothing. */
    @Override
    public Repetition repetition(ProbeSlice slice) {
        double longest = Math.pow(group.size(), slice.range("T").high());
        return longest < FEWEST_TO_WITHHOLD ? Repetition.TEST_ONCE : Repetition.NEVER;
    }
}
