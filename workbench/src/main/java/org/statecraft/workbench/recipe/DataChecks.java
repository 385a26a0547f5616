package org.statecraft.workbench.recipe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.statecraft.model.InputException;
import org.statecraft.model.records.Template;
import org.statecraft.workbench.recipe.RecipeChecks.Scope;
import org.statecraft.workbench.recipe.SplitSpec.TwoWayOriginal;

/** What can be wrong with the data of a training although each key for itself is right. */
final class DataChecks {
    private final RecipeChecks checks;

    DataChecks(RecipeChecks checks) {
        this.checks = checks;
    }

    void check(DataSpec data, Scope scope) {
        if (scope.sound("text", "examples", "probe")) {
            checkOneSource(data, scope);
        }
        if (scope.sound("length", "text", "examples", "probe")) {
            if (data.text() != null && data.length() == null) {
                scope.report("length", "missing key", "a whole number from 2 to " + (1 << 20), null);
            } else if (data.text() == null && data.length() != null) {
                String others = data.probe() == null ? "examples have their own" : "slices have their own";
                scope.report("length", "a length without a text", "no length, " + others, null);
            }
        }
        Path validation = checks.locateData("validation", data.validation(), scope);
        if (data.text() != null) {
            checkText(data, validation, scope);
        }
        if (data.examples() != null && data.examples().split() != null && data.validation() != null) {
            scope.report("validation", "a validation file beside a split", "only one of the two", null);
        }
        if (data.probe() != null && data.validation() != null) {
            scope.report("validation", "a validation file beside a probe", "the key probe.validation", null);
        }
    }

    private static void checkOneSource(DataSpec data, Scope scope) {
        if (data.text() == null && data.examples() == null && data.probe() == null) {
            scope.report("text", "missing key", "a text with a length, or the key examples or probe", null);
        }
        if (data.text() != null && data.examples() != null) {
            scope.report("examples", "examples beside a text", "only one of the two", null);
        }
        if (data.probe() != null && (data.text() != null || data.examples() != null)) {
            String other = data.text() != null ? "a text" : "examples";
            scope.report("probe", "a probe beside " + other, "only one of the two", null);
        }
    }

    private void checkText(DataSpec data, Path validation, Scope scope) {
        Path text = checks.locateData("text", data.text(), scope);
        if (text != null && text.equals(validation)) {
            scope.report("validation", "the training text again", "a text that is held out", null);
        }
        if (scope.sound("length") && data.length() != null) {
            checkLength("text", text, data.length(), scope);
            checkLength("validation", validation, data.length(), scope);
        }
    }

    /** A token has at least one byte, so a file of fewer bytes than tokens is certainly too short. */
    private static void checkLength(String key, Path file, int length, Scope scope) {
        if (file == null) {
            return;
        }
        try {
            long bytes = Files.size(file);
            if (bytes <= length) {
                String found = file + " has " + bytes + " bytes, too few for one window of " + length + " tokens";
                scope.report(key, found, "a longer text or a smaller length", null);
            }
        } catch (IOException e) {
            scope.report(key, file + " is not readable: " + e.getMessage(), "a readable file", null);
        }
    }

    void check(ExamplesSpec examples, Scope scope) {
        if (scope.sound("columns", "format")
                && !examples.columns().isEmpty()
                && !examples.format().delimited()) {
            String found = "columns with format: " + Names.of(examples.format());
            scope.report("columns", found, "no columns, or one of csv, tsv, tsv-unquoted", null);
        }
        checkTemplate("prompt", examples.prompt(), scope);
        Set<String> answered = checkTemplate("answer", examples.answer(), scope);
        if (answered != null && answered.isEmpty()) {
            scope.report("answer", "an answer without a field, the same for all", "a template such as {label}", null);
        }
        Path file = checks.locateData("file", examples.file(), scope);
        if (file != null && scope.sound("columns", "format")) {
            for (Path beside : examples.source(file).files()) {
                if (!Files.isRegularFile(beside)) {
                    scope.report("file", "no file " + beside, "it beside " + file.getFileName(), null);
                }
            }
        }
        if (file != null && scope.sound("split") && examples.split() instanceof TwoWayOriginal split) {
            Path held = checks.locateData("split.validation", split.validation(), scope);
            if (file.equals(held)) {
                scope.report("split.validation", "the training file again", "a file that is held out", null);
            }
        }
    }

    /** The fields of a template, or null where they cannot be told. */
    private static Set<String> checkTemplate(String key, String source, Scope scope) {
        if (!scope.sound(key)) {
            return null;
        }
        try {
            return Template.parse(source).fields();
        } catch (InputException e) {
            scope.report(key, e.getMessage(), null, null);
            return null;
        }
    }
}
