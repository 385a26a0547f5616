package org.statecraft.workbench.recipe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.statecraft.eval.probes.ProbeCatalog;
import org.statecraft.eval.probes.ProbeData;
import org.statecraft.eval.probes.ProbeSlice;
import org.statecraft.eval.probes.Split;
import org.statecraft.eval.probes.TextProbe;
import org.statecraft.eval.probes.TextSource;
import org.statecraft.eval.probes.TokenProbe;
import org.statecraft.eval.python.PythonRandom;
import org.statecraft.model.InputException;
import org.statecraft.workbench.recipe.RecipeChecks.Scope;

/** What can be wrong with a probe to train or to score on: names, options and slices that it does not have. */
record ProbeChecks(Scope scope) {
    /** Slices that a message lists. */
    private static final int SHOWN = 8;

    /** A probe to train on. */
    void check(ProbeSpec spec) {
        if (!isKnown(spec.type(), ProbeCatalog.names())) {
            return;
        }
        TokenProbe probe = made(spec.options(), options -> TokenProbe.of(spec.type(), options));
        if (probe != null) {
            checkSlices(
                    spec.slices(), probe.trainingSlices(), slice -> ProbeData.draw(probe, slice, Split.TRAIN, 0, 1));
            checkThereAre(probe.trainingSlices(), spec.slices());
        }
    }

    /**
     * A probe to score on.
     *
     * @param text the file that it names; null where it names none that is there
     */
    void check(ProbeEntry entry, Path text) {
        List<String> names = new ArrayList<>(ProbeCatalog.names());
        names.addAll(TextProbe.names());
        if (!isKnown(entry.type(), names)) {
            return;
        }
        if (entry.inText()) {
            checkText(entry, text);
            return;
        }
        if (entry.text() != null && scope.sound("text")) {
            scope.report("text", "a text, which the probe " + entry.type() + " does not use", "no text", null);
        }
        TokenProbe probe = made(entry.options(), options -> TokenProbe.of(entry.type(), options));
        if (probe != null) {
            checkSlices(entry.slices(), probe.slices(), slice -> ProbeData.draw(probe, slice, Split.TEST, 0, 1));
            checkThereAre(probe.slices(), entry.slices());
        }
    }

    private void checkText(ProbeEntry entry, Path file) {
        boolean needed = entry.type().equals("text-copying")
                || "text".equals(entry.options().get("filler"));
        if (needed && entry.text() == null && scope.sound("text")) {
            scope.report("text", "missing key", "a text file, of whose words the probe is made", null);
        }
        if (!needed && entry.text() != null && scope.sound("text", "options")) {
            String remedy = entry.type().equals("needle") ? "no text, or the option filler: text" : "no text";
            scope.report("text", "a text, which the probe " + entry.type() + " does not use", remedy, null);
        }
        // without a tokenizer nothing is too long: that shows when questions are drawn for the model
        String words = needed ? words(file) : "";
        TextSource source = new TextSource(anything -> 0, words.isBlank() ? "none" : words);
        TextProbe probe = made(entry.options(), options -> TextProbe.of(entry.type(), options, source));
        if (probe != null && (!needed || !words.isBlank())) {
            checkSlices(entry.slices(), probe.slices(), slice -> probe.draw(new PythonRandom(0), slice));
        }
    }

    /** The text of a file; empty where there is none. */
    private String words(Path file) {
        if (file == null) {
            return "";
        }
        try {
            String text = Files.readString(file);
            if (text.isBlank()) {
                scope.report("text", file + " holds no words", "a text", null);
            }
            return text;
        } catch (IOException e) {
            scope.report("text", file + " is not readable as UTF-8 text: " + e.getMessage(), "a text", null);
            return "";
        }
    }

    private boolean isKnown(String type, List<String> names) {
        if (!scope.sound("type")) {
            return false;
        }
        if (!names.contains(type)) {
            scope.report("type", "unknown probe '" + type + "'", Names.orList(names), Names.nearest(type, names));
            return false;
        }
        return true;
    }

    /** The probe, or null where an option is wrong. */
    private <P> P made(Map<String, String> written, Function<Map<String, String>, P> maker) {
        if (!scope.sound("options")) {
            return null;
        }
        try {
            return maker.apply(written);
        } catch (InputException together) {
            boolean found = false;
            for (Map.Entry<String, String> option : written.entrySet()) {
                try {
                    P unused = maker.apply(Map.ofEntries(option));
                } catch (InputException e) {
                    scope.report("options." + option.getKey(), e.getMessage(), null, null);
                    found = true;
                }
            }
            if (!found) {
                scope.report("options", together.getMessage(), null, null);
            }
            return null;
        }
    }

    /** Slices that cannot be drawn, or are written twice; {@code own} are those that the probe itself names. */
    private void checkSlices(List<String> slices, List<ProbeSlice> own, Consumer<ProbeSlice> draw) {
        List<String> labels = own.stream().map(ProbeSlice::label).toList();
        Set<ProbeSlice> seen = new HashSet<>();
        for (int i = 0; i < slices.size() && scope.sound("slices"); i++) {
            String key = "slices[" + i + "]";
            try {
                ProbeSlice slice = ProbeSlice.parse(slices.get(i));
                draw.accept(slice);
                if (!seen.add(slice)) {
                    scope.report(key, "the slice '" + slice + "' stands twice", null, null);
                }
            } catch (InputException e) {
                String some = String.join(", ", labels.subList(0, Math.min(SHOWN, labels.size())));
                String expected = labels.isEmpty() ? null : "a slice such as " + some;
                scope.report(key, e.getMessage(), expected, Names.nearest(slices.get(i), labels));
            }
        }
    }

    private void checkThereAre(List<ProbeSlice> own, List<String> written) {
        if (written.isEmpty() && scope.sound("slices") && own.isEmpty()) {
            scope.report("slices", "missing key", "slices, because the probe names none for these options", null);
        }
    }
}
