package org.statecraft.workbench.recipe;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a recipe can get wrong although each key for itself is right: files that are not there and options that
 * contradict each other. Looks only at keys that were read without a problem.
 */
final class RecipeChecks implements Binder.Check {
    private final Findings findings;
    private final Places places;
    private final Map<String, LocatedTask> tasks = new TreeMap<>();

    RecipeChecks(Findings findings, Places places) {
        this.findings = findings;
        this.places = places;
    }

    /** The tasks that the checked recipe names, as far as they were found. */
    Map<String, LocatedTask> tasks() {
        return tasks;
    }

    @Override
    public void check(Record bound, String path) {
        Scope scope = new Scope(findings, path);
        if (bound instanceof Recipe recipe) {
            if (TrainingChecks.model(recipe, scope)) {
                locateModel("model", recipe.model(), scope);
            }
            new MergeChecks(findings).check(recipe);
        } else if (bound instanceof EvaluateStep step) {
            checkTasks(step, scope);
        } else if (bound instanceof FidelityStep step) {
            new FidelityChecks(this).check(step, scope);
        } else if (bound instanceof GenerateStep step) {
            checkSampling(step, scope);
        } else if (bound instanceof TrainStep step) {
            TrainingChecks.validation(step, scope);
            TrainingChecks.tokenizer(step, scope);
            locateTokenizer(step, scope);
        } else if (bound instanceof ModelSpec model) {
            TrainingChecks.model(model, scope);
        } else if (bound instanceof TuneStep step) {
            TrainingChecks.validation(step, scope);
        } else if (bound instanceof CompareMethodsStep step) {
            checkComparison(step, scope);
        } else if (bound instanceof MethodSpec method) {
            new MethodChecks(findings, path).check(method);
        } else if (bound instanceof DataSpec data) {
            new DataChecks(this).check(data, scope);
        } else if (bound instanceof ExamplesSpec examples) {
            new DataChecks(this).check(examples, scope);
        } else if (bound instanceof ProbeSpec probe) {
            new ProbeChecks(scope).check(probe);
        } else if (bound instanceof ProbeEntry probe) {
            new ProbeChecks(scope).check(probe, locateData("text", probe.text(), scope));
        } else if (bound instanceof ProbeStep step) {
            checkNames(step, scope);
        } else if (bound instanceof OptimizerSpec optimizer) {
            checkWarmup(optimizer, scope);
        } else if (bound instanceof DistillSpec distill) {
            checkTeacher(distill, scope);
        }
    }

    /** The record under check: its keys by name, and their paths. */
    record Scope(Findings findings, String path) {
        boolean sound(String... keys) {
            for (String key : keys) {
                if (!findings.sound(Findings.child(path, key))) {
                    return false;
                }
            }
            return true;
        }

        void report(String key, String found, String expected, String nearest) {
            findings.reportAt(Findings.child(path, key), found, expected, nearest);
        }
    }

    private void locateTokenizer(TrainStep step, Scope scope) {
        if (step.tokenizer() != null) {
            locateModel("tokenizer", step.tokenizer(), scope);
            Path folder = places.model(step.tokenizer()).found();
            if (folder != null && !Files.isRegularFile(folder.resolve("tokenizer.json"))) {
                String found = folder + " holds no tokenizer.json";
                scope.report("tokenizer", found, "the folder of a model with a tokenizer", null);
            }
        }
    }

    void locateModel(String key, String given, Scope scope) {
        if (scope.sound(key)) {
            Places.Search search = places.model(given);
            if (search.found() == null) {
                String found = "no such folder '" + given + "' (looked at " + search.lookedAtText() + ")";
                scope.report(key, found, "a model folder", search.nearest(given));
            }
        }
    }

    /** The file of a key, or null where the key holds none or a mistake. */
    Path locateData(String key, String given, Scope scope) {
        if (given == null || !scope.sound(key)) {
            return null;
        }
        Places.Search search = places.data(given);
        if (search.found() == null) {
            String found = "no such file '" + given + "' (looked at " + search.lookedAtText() + ")";
            String advice = places.dataRoots().isEmpty() ? " here, or below --data DIR or STATECRAFT_DATA" : "";
            scope.report(key, found, "a data file" + advice, search.nearest(given));
        }
        return search.found();
    }

    private void checkTasks(EvaluateStep step, Scope scope) {
        for (int i = 0; i < step.tasks().size() && scope.sound("tasks"); i++) {
            String name = step.tasks().get(i);
            String key = "tasks[" + i + "]";
            if (step.tasks().indexOf(name) < i) {
                scope.report(key, "the task '" + name + "' stands twice", null, null);
            } else {
                locateTask(name, key, scope);
            }
        }
        checkData(step, scope);
        if (scope.sound("limit") && step.limit() != null && step.limit() > 1 && step.limit() % 1 != 0) {
            scope.report("limit", "found " + step.limit(), "a whole number, or a share below 1", null);
        }
    }

    private void locateTask(String name, String key, Scope scope) {
        Path file = name.matches(Recipe.NAME) ? places.task(name).found() : null;
        if (file == null) {
            List<String> names = places.taskNames();
            String expected = names.isEmpty()
                    ? "a file tasks/" + name + ".yaml beside the recipe"
                    : "one of " + String.join(", ", names);
            scope.report(key, "unknown task '" + name + "'", expected, Names.nearest(name, names));
            return;
        }
        LocatedTask task = TaskFile.read(name, file, places, findings);
        if (task != null) {
            tasks.put(name, task);
        }
    }

    /** A task without its data is left out and listed; a step that has nothing else is a mistake. */
    private void checkData(EvaluateStep step, Scope scope) {
        List<LocatedTask> found =
                step.tasks().stream().map(tasks::get).filter(Objects::nonNull).toList();
        if (!found.isEmpty()
                && found.size() == step.tasks().size()
                && found.stream().noneMatch(LocatedTask::runnable)) {
            String advice = places.dataRoots().isEmpty() ? " here, or below --data DIR or STATECRAFT_DATA" : "";
            scope.report(
                    "tasks",
                    "no data for any of the tasks: " + found.get(0).missing().get(0),
                    "data files" + advice,
                    null);
        }
    }

    private static void checkSampling(GenerateStep step, Scope scope) {
        for (int i = 0; i < step.stop().size(); i++) {
            if (step.stop().get(i).isEmpty()) {
                scope.report("stop[" + i + "]", "an empty stop text", "at least one character", null);
            }
        }
        if (!scope.sound("temperature") || step.temperature() > 0) {
            if (scope.sound("temperature", "beams") && step.beams() > 1) {
                String found = step.beams() + " beams with a temperature above 0: a search draws nothing";
                scope.report("beams", found, "temperature 0, or beams 1", null);
            }
            return;
        }
        if (step.topK() != null) {
            scope.report("top-k", "top-k with temperature 0, which never draws", "a temperature above 0", null);
        }
        if (step.topP() != null) {
            scope.report("top-p", "top-p with temperature 0, which never draws", "a temperature above 0", null);
        }
    }

    /** Results tell probes apart by their names. */
    private static void checkNames(ProbeStep step, Scope scope) {
        List<String> titles = step.probes().stream().map(ProbeEntry::title).toList();
        for (int i = 0; i < titles.size(); i++) {
            if (titles.indexOf(titles.get(i)) < i) {
                String key = "probes[" + i + "]" + (step.probes().get(i).name() == null ? ".type" : ".name");
                scope.report(key, "the probe '" + titles.get(i) + "' stands twice", "the key name, another one", null);
            }
        }
    }

    private void checkComparison(CompareMethodsStep step, Scope scope) {
        Path test = locateData("test", step.test(), scope);
        if (test != null && step.data() != null && test.equals(found(step.data().validation()))) {
            scope.report("test", "the validation text, on which rates are chosen", "a text that is held out", null);
        } else if (test != null
                && step.data() != null
                && test.equals(found(step.data().text()))) {
            scope.report("test", "the training text again", "a text that is held out", null);
        }
        if (scope.sound("seeds")
                && Set.copyOf(step.seeds()).size() < step.seeds().size()) {
            scope.report("seeds", "a seed stands twice", "different seeds", null);
        }
        if (step.data() != null && scope.sound("data.examples") && step.data().examples() != null) {
            String found = "examples, which compare-methods does not train on";
            scope.report("data.examples", found, "the keys data.text and data.length", null);
        }
        if (step.data() != null && scope.sound("data.probe") && step.data().probe() != null) {
            String found = "a probe, which compare-methods does not train on";
            scope.report("data.probe", found, "the keys data.text and data.length", null);
        }
        if (step.data() != null && scope.sound("data.validation") && step.data().validation() == null) {
            scope.report(
                    "data", "no validation text", "the key data.validation: learning rates are chosen on it", null);
        }
        List<String> names = step.methods().stream().map(MethodEntry::name).toList();
        if (scope.sound("reference", "methods") && !names.contains(step.reference())) {
            String nearest = Names.nearest(step.reference(), names);
            scope.report("reference", "no method is called '" + step.reference() + "'", Names.orList(names), nearest);
        }
        for (int i = 0; i < names.size(); i++) {
            String key = "methods[" + i + "]";
            if (names.indexOf(names.get(i)) < i) {
                scope.report(key + ".name", "the name '" + names.get(i) + "' stands twice", null, null);
            }
            MethodEntry entry = step.methods().get(i);
            if (entry.fit() != null && entry.method() != null && scope.sound(key + ".fit", key + ".method")) {
                checkFit(entry, key, scope);
            }
        }
    }

    private Path found(String given) {
        return given == null ? null : places.data(given).found();
    }

    private static void checkFit(MethodEntry entry, String key, Scope scope) {
        List<String> sizes = Sizes.keys(entry.method());
        if (!sizes.contains(entry.fit())) {
            String found = "a method " + entry.method().type() + " has no size '" + entry.fit() + "'";
            scope.report(
                    key + ".fit",
                    found,
                    sizes.isEmpty() ? "no fit" : Names.orList(sizes),
                    Names.nearest(entry.fit(), sizes));
        }
    }

    private void checkTeacher(DistillSpec distill, Scope scope) {
        if (distill.teacher() != null) {
            locateModel("teacher", distill.teacher(), scope);
        } else if (scope.sound("teacher", "weight") && distill.weight() == 1) {
            String found = "a weight of 1 without a teacher, so that the model could only learn what it does already";
            scope.report("weight", found, "the key teacher, another model, or a weight below 1", null);
        }
    }

    private static void checkWarmup(OptimizerSpec optimizer, Scope scope) {
        if (scope.sound("warmup", "steps") && optimizer.warmup() >= optimizer.steps()) {
            String found = "a warmup of " + optimizer.warmup() + " steps in a training of " + optimizer.steps();
            scope.report("warmup", found, "fewer than all steps", null);
        }
    }
}
