package org.statecraft.workbench.execute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.files.IoFailures;
import org.statecraft.model.records.Answer;
import org.statecraft.model.records.Prompt;
import org.statecraft.model.records.Template;
import org.statecraft.peft.train.ExampleFiles;
import org.statecraft.peft.train.ExampleForm;
import org.statecraft.peft.train.Split;
import org.statecraft.peft.train.TextWindows;
import org.statecraft.workbench.recipe.DataSpec;
import org.statecraft.workbench.recipe.ExamplesSpec;
import org.statecraft.workbench.recipe.ResolvedRecipe;
import org.statecraft.workbench.recipe.SplitSpec.ThreeWay;
import org.statecraft.workbench.recipe.SplitSpec.TwoWayOriginal;

/** Reads the data of a training. */
record TuneData(DataSpec spec, ResolvedRecipe resolved) {

    /** Every file that is read, by its path as given. */
    Map<String, Path> inputs() {
        Map<String, Path> inputs = new LinkedHashMap<>();
        for (String given : new String[] {spec.file(), heldOut()}) {
            if (given != null) {
                Path found = resolved.dataFile(given);
                inputs.put(given, found);
                if (spec.examples() != null) {
                    spec.examples().source(found).files().forEach(file -> inputs.put(beside(given, file), file));
                }
            }
        }
        return inputs;
    }

    /** The path as given of a file in the same folder. */
    private static String beside(String given, Path file) {
        return Path.of(given).resolveSibling(file.getFileName()).toString();
    }

    /** The validation file as given, or null. */
    private String heldOut() {
        return spec.examples() != null && spec.examples().split() instanceof TwoWayOriginal split
                ? split.validation()
                : spec.validation();
    }

    /** What is trained and validated on; the notes hear what was left out. */
    ExampleFiles.Sets load(Tokenizer tokenizer, Consumer<String> notes) {
        if (spec.probe() != null) {
            return ProbeExamples.draw(spec.probe(), tokenizer, resolved.recipe().seed(), notes);
        }
        if (spec.examples() == null) {
            return new ExampleFiles.Sets(
                    windows(spec.text(), tokenizer),
                    spec.validation() == null ? null : windows(spec.validation(), tokenizer));
        }
        if (spec.examples().split() instanceof TwoWayOriginal split) {
            notes.accept("two-way-original: validated on " + split.validation()
                    + "; where scores are reported on that file too, a step chosen by it has seen the test");
        }
        return files(spec.examples()).load(tokenizer, notes);
    }

    private ExampleFiles files(ExamplesSpec examples) {
        return new ExampleFiles(
                examples.source(resolved.dataFile(examples.file())),
                split(examples),
                new ExampleForm(
                        new Prompt(examples.prefix(), Template.parse(examples.prompt())),
                        new Answer(Template.parse(examples.answer()), examples.answers()),
                        examples.endOfText(),
                        examples.maxLength()),
                examples.order(),
                examples.problems());
    }

    private Split split(ExamplesSpec examples) {
        if (examples.split() instanceof ThreeWay three) {
            return new Split.PartOfTraining(three.validation(), three.seed());
        }
        String held = heldOut();
        return held == null ? new Split.None() : new Split.HeldOutFile(examples.source(resolved.dataFile(held)));
    }

    private TextWindows windows(String file, Tokenizer tokenizer) {
        return windows(resolved.dataFile(file), tokenizer, spec.length());
    }

    /** A text cut into windows. */
    static TextWindows windows(Path text, Tokenizer tokenizer, int length) {
        try {
            return new TextWindows(text.toString(), tokenizer.encode(Files.readString(text)), length);
        } catch (IOException e) {
            throw IoFailures.reading(text, e);
        }
    }
}
