package org.statecraft.eval.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Which synonym sets of WordNet 3.0 a word belongs to, from the extract that METEOR 1.5 ships.
 *
 * <p>The extract lists words in lower case with the numbers of their sets, base words with their irregular forms, and sets with related ones.
 * What it lacks of WordNet: the part of speech, so that a few unrelated sets share a number, and the capitals of names.
 *
 * <p>It is read when first asked for and kept.
 */
final class WordNet {
    private static final int[] NONE = {};

    /** WordNet's own endings of inflected nouns and verbs, and what stands for them in the base form. */
    private static final List<String[]> NOUNS_AND_VERBS = endings(
            "s ", "ses s", "ves f", "xes x", "zes z", "ches ch", "shes sh", "men man", "ies y", "es e", "es ", "ed e",
            "ed ", "ing e", "ing ");

    private static final List<String[]> ADJECTIVES = endings("er ", "est ", "er e", "est e");

    private final Map<String, int[]> sets = new HashMap<>(1 << 18);
    private final Map<String, List<String>> baseForms = new HashMap<>();

    /** Sets that have a more general or a more special one, sorted. Those of adjectives and adverbs have none. */
    private final int[] related;

    private WordNet() {
        forEachPair("english.synsets", (word, numbers) -> sets.put(word, numbers(numbers)));
        forEachPair("english.exceptions", (base, forms) -> {
            for (String form : forms.split(" ", -1)) {
                baseForms.merge(form, List.of(base), WordNet::joined);
            }
        });
        IntStream.Builder numbers = IntStream.builder();
        forEachPair("english.relations", (number, others) -> numbers.add(Integer.parseInt(number)));
        related = numbers.build().sorted().toArray();
    }

    static WordNet get() {
        return Loaded.WORD_NET;
    }

    /** The sets of a word as it stands, sorted. */
    int[] sets(String word) {
        return sets.getOrDefault(word, NONE);
    }

    /** The sets of a word and of the words that it may be a form of, sorted. */
    int[] setsOfBaseForms(String word) {
        return candidates(word).stream()
                .flatMapToInt(form -> Arrays.stream(sets(form)))
                .sorted()
                .distinct()
                .toArray();
    }

    /** Endings are cut only if the word is not listed as irregular, as WordNet's own look-up does. */
    private Set<String> candidates(String word) {
        Set<String> candidates = new LinkedHashSet<>(List.of(word));
        List<String> irregular = baseForms.get(word);
        if (irregular != null) {
            candidates.addAll(irregular);
            return candidates;
        }
        NOUNS_AND_VERBS.stream()
                .filter(ending -> word.endsWith(ending[0]))
                .forEach(ending -> candidates.add(replaced(word, ending)));
        ADJECTIVES.stream()
                .filter(ending -> word.endsWith(ending[0]))
                .map(ending -> replaced(word, ending))
                .filter(this::isAdjective)
                .forEach(candidates::add);
        return candidates;
    }

    /** Without this, "viewer" would count as a form of "view". */
    private boolean isAdjective(String word) {
        return Arrays.stream(sets(word)).anyMatch(set -> Arrays.binarySearch(related, set) < 0);
    }

    private static String replaced(String word, String[] ending) {
        return word.substring(0, word.length() - ending[0].length()) + ending[1];
    }

    private static List<String[]> endings(String... pairs) {
        return Arrays.stream(pairs).map(pair -> pair.split(" ", -1)).toList();
    }

    private static int[] numbers(String line) {
        return Arrays.stream(line.split(" ", -1))
                .mapToInt(Integer::parseInt)
                .sorted()
                .toArray();
    }

    private static List<String> joined(List<String> some, List<String> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    /** Every two lines of a file: a key, and what belongs to it. */
    private static void forEachPair(String name, BiConsumer<String, String> consumer) {
        String file = "wordnet/" + name + ".gz";
        try (InputStream raw = WordNet.class.getResourceAsStream(file)) {
            if (raw == null) {
                throw new IllegalStateException("The class path has no " + file + " beside " + WordNet.class
                        + "; build the module eval again.");
            }
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(new GZIPInputStream(raw), StandardCharsets.UTF_8));
            for (String key = lines.readLine(); key != null; key = lines.readLine()) {
                consumer.accept(key, lines.readLine().strip());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }

    /** Read by the first thread that asks, once. */
    private static final class Loaded {
        static final WordNet WORD_NET = new WordNet();
    }
}
