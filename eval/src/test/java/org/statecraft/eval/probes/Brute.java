package org.statecraft.eval.probes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.statecraft.eval.python.PythonRandom;

/** All strings over some symbols, and what a recogniser makes of them. */
final class Brute {
    private Brute() {}

    static void strings(int symbols, int length, Consumer<int[]> each) {
        int[] string = new int[length];
        while (true) {
            each.accept(string);
            int t = length - 1;
            while (t >= 0 && ++string[t] == symbols) {
                string[t--] = 0;
            }
            if (t < 0) {
                return;
            }
        }
    }

    /** The inputs of a length that the recogniser takes, with its answers. */
    static Map<String, String> recognised(TokenProbe probe, ProbeSlice slice, int length) {
        Map<String, String> taken = new TreeMap<>();
        strings(probe.alphabet().size(), length, string -> {
            try {
                taken.put(Arrays.toString(string), Arrays.toString(probe.answers(string, slice)));
            } catch (NotInProbeException e) {
                // one of the many that are not meant to be taken
            }
        });
        return taken;
    }

    /** The inputs among {@code draws} draws, with their labels. */
    static Map<String, String> drawn(TokenProbe probe, ProbeSlice slice, int draws) {
        Map<String, String> drawn = new TreeMap<>();
        PythonRandom random = ProbeData.stream(probe, slice, Split.TRAIN, 11);
        for (int i = 0; i < draws; i++) {
            ProbeSequence sequence = probe.draw(random, slice);
            drawn.put(Arrays.toString(sequence.input()), Arrays.toString(sequence.labels()));
        }
        return drawn;
    }

    /** All texts over letters of a length. */
    static List<String> texts(String letters, int length) {
        List<String> texts = new ArrayList<>();
        strings(letters.length(), length, string -> texts.add(new Letters(letters).text(string)));
        return texts;
    }
}
