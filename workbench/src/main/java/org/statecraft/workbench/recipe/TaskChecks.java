package org.statecraft.workbench.recipe;

import java.util.List;
import java.util.Set;
import org.statecraft.model.InputException;
import org.statecraft.model.records.Template;
import org.statecraft.workbench.recipe.TaskSpec.DocFormat;
import org.statecraft.workbench.recipe.TaskSpec.OutputType;

/** What a task file can get wrong although each key for itself is right. Looks only at keys that were read without a problem. */
final class TaskChecks {
    private final Findings findings;
    private final String path;
    private final TaskSpec task;

    TaskChecks(Findings findings, String path, TaskSpec task) {
        this.findings = findings;
        this.path = path;
        this.task = task;
    }

    void check() {
        if (!sound("output-type")) {
            return;
        }
        checkMetrics();
        if (!sound("doc-format")) {
            return;
        }
        DocFormat format = task.docFormat();
        if (!format.outputTypes().contains(task.outputType())) {
            String found = "doc-format " + Names.of(format) + " with output-type " + Names.of(task.outputType());
            List<String> fitting = format.outputTypes().stream().map(Names::of).toList();
            report("doc-format", found, "output-type " + Names.orList(fitting), null);
            return;
        }
        boolean records = format.records() != null;
        template("prompt", task.prompt(), records);
        template("answer", task.answer(), records);
        expect("prefix", task.prefix().isEmpty() ? null : task.prefix(), records, false);
        boolean delimited = records && format.records().delimited();
        expect("columns", task.columns().isEmpty() ? null : task.columns(), delimited, false);
        boolean label = task.outputType() == OutputType.LABEL;
        expect("answers", task.answers().isEmpty() ? null : task.answers(), label, label);
        boolean written = task.outputType() == OutputType.GENERATE_UNTIL;
        expect("generation", task.generation(), written, written);
        if (label && !task.answers().isEmpty() && sound("answers")) {
            checkLabels();
        }
    }

    private void checkMetrics() {
        List<String> known = task.outputType().metrics();
        for (int i = 0; i < task.metrics().size() && sound("metrics"); i++) {
            String metric = task.metrics().get(i);
            if (!known.contains(metric)) {
                String found = "unknown metric '" + metric + "' for output-type " + Names.of(task.outputType());
                report("metrics[" + i + "]", found, Names.orList(known), Names.nearest(metric, known));
            }
        }
    }

    private void template(String key, String template, boolean records) {
        expect(key, template, records, records);
        if (template == null || !sound(key)) {
            return;
        }
        try {
            Template.parse(template);
        } catch (InputException e) {
            report(key, e.getMessage(), null, null);
        }
    }

    /** Reports a key that has no meaning for this task, or is missing. */
    private void expect(String key, Object value, boolean allowed, boolean needed) {
        String kind = "output-type " + Names.of(task.outputType()) + " and doc-format " + Names.of(task.docFormat());
        if (value != null && !allowed && sound(key)) {
            report(key, "a key that says nothing with " + kind, "no such key", null);
        } else if (value == null && needed && sound(key)) {
            report("output-type", kind + " without the key " + key, "the key " + key, null);
        }
    }

    private void checkLabels() {
        Set<String> texts = Set.copyOf(task.answers().values());
        if (texts.contains("")) {
            report(
                    "answers",
                    "an empty text for a label",
                    "the token that stands for it, as in entailment: \"0\"",
                    null);
        }
        if (texts.size() < 2) {
            report("answers", texts.size() + " labels", "at least two", null);
        }
        int f1 = task.metrics().indexOf("f1");
        int inClass = task.metrics().indexOf("f1_in_class");
        if (texts.size() > 2 && sound("metrics") && Math.max(f1, inClass) >= 0) {
            String found = "F1 with " + texts.size() + " labels";
            report(
                    "metrics[" + Math.max(f1, inClass) + "]",
                    found,
                    "two labels, of which F1 is that of the second",
                    null);
        }
    }

    private boolean sound(String key) {
        return findings.sound(child(key));
    }

    private String child(String key) {
        return Findings.child(path, key);
    }

    private void report(String key, String found, String expected, String nearest) {
        findings.reportAt(child(key), found, expected, nearest);
    }
}
