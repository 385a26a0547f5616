package org.statecraft.workbench.recipe;

import java.util.List;
import org.statecraft.model.InputException;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.bitfit.BitFitConfig;
import org.statecraft.peft.bottleneck.BottleneckConfig;
import org.statecraft.peft.lora.LoraConfig;
import org.statecraft.peft.stateoffset.StateOffsetConfig.Form;
import org.statecraft.workbench.recipe.PromptSpec.Init;

/** Mistakes in a tuning method that show without a model. */
record MethodChecks(Findings findings, String path) {

    void check(MethodSpec method) {
        if (method instanceof StateOffsetSpec spec) {
            checkRank(spec);
            checkBudget(spec);
        } else if (method instanceof BottleneckSpec spec) {
            checkTargets(spec.targets());
        } else if (method instanceof LoraSpec spec) {
            for (int i = 0; i < spec.targets().size() && sound("targets"); i++) {
                checkTarget(spec, i);
            }
        } else if (method instanceof PromptSpec spec) {
            checkPromptText(spec);
        } else if (method instanceof BitFitSpec spec) {
            checkBiases(spec);
        } else if (method instanceof TogetherSpec spec) {
            checkParts(spec);
        }
        checkLayers(method.layers());
    }

    private boolean sound(String... keys) {
        return List.of(keys).stream().allMatch(key -> findings.sound(Findings.child(path, key)));
    }

    private void report(String key, String found, String expected, String nearest) {
        findings.reportAt(Findings.child(path, key), found, expected, nearest);
    }

    private void checkRank(StateOffsetSpec method) {
        if (!sound("form", "rank")) {
            return;
        }
        if (method.form() == Form.LOW_RANK && method.rank() == null) {
            report("form", "form: low-rank without a rank", "the key rank, as in rank: 4", null);
        } else if (method.form() != Form.LOW_RANK && method.rank() != null) {
            report("rank", "a rank with form: " + Names.of(method.form()), "no rank, or form: low-rank", null);
        }
        if (sound("reshape") && method.form() != Form.LOW_RANK && method.reshape() != null) {
            report("reshape", "reshape with form: " + Names.of(method.form()), "no reshape, or form: low-rank", null);
        }
    }

    private void checkBudget(StateOffsetSpec method) {
        if (!sound("form", "budget-bytes", "probe-batches")) {
            return;
        }
        if (method.budgetBytes() != null && method.form() != Form.FULL) {
            String found = "a budget with form: " + Names.of(method.form());
            report("budget-bytes", found, "no budget, or form: full", null);
        } else if (method.probeBatches() != null && method.budgetBytes() == null) {
            report("probe-batches", "probe-batches without a budget", "the key budget-bytes", null);
        }
    }

    private void checkLayers(String layers) {
        if (layers == null || !sound("layers")) {
            return;
        }
        try {
            new LayerRange(layers);
        } catch (InputException e) {
            report("layers", "found '" + layers + "'", "all, or numbers and ascending ranges, as in 0-3,6", null);
        }
    }

    private void checkTargets(List<String> targets) {
        for (int i = 0; i < targets.size() && sound("targets"); i++) {
            String target = targets.get(i);
            if (!BottleneckConfig.TARGETS.contains(target)) {
                List<String> known = BottleneckConfig.TARGETS.stream().sorted().toList();
                report(
                        "targets[" + i + "]",
                        "found '" + target + "'",
                        Names.orList(known),
                        Names.nearest(target, known));
            }
        }
    }

    private void checkTarget(LoraSpec method, int index) {
        List<String> targets = method.targets();
        String target = targets.get(index);
        String key = "targets[" + index + "]";
        List<String> known = LoraConfig.TARGETS;
        if (!known.contains(target)) {
            report(key, "unknown target '" + target + "'", Names.orList(known), Names.nearest(target, known));
        } else if (targets.indexOf(target) < index) {
            report(key, "the target '" + target + "' stands twice", null, null);
        } else if ((target.equals("x") || target.equals("z")) && targets.contains("in_proj")) {
            report(key, target + " beside in_proj, of which it is a part", "only one of them", null);
        } else if (target.equals("embeddings")
                && sound("variant")
                && method.variant().hasMagnitude()) {
            String found = "embeddings with variant: " + method.variant();
            report(key, found, "variant: lora or rslora, as a magnitude belongs to a linear map", null);
        }
    }

    private void checkPromptText(PromptSpec method) {
        if (!sound("init", "text")) {
            return;
        }
        if (method.init() == Init.TEXT
                && (method.text() == null || method.text().isEmpty())) {
            report("init", "init: text without a text", "the key text, whose tokens the prompt begins with", null);
        } else if (method.init() != Init.TEXT && method.text() != null) {
            report("text", "a text with init: " + Names.of(method.init()), "no text, or init: text", null);
        }
    }

    private void checkBiases(BitFitSpec spec) {
        for (int i = 0; i < spec.targets().size(); i++) {
            String key = "targets[" + i + "]";
            if (sound(key) && !BitFitConfig.isBias(spec.targets().get(i))) {
                String expected = "the name of a bias, as conv1d.bias, dt_proj.bias or dt_bias";
                report(key, "found '" + spec.targets().get(i) + "'", expected, null);
            }
        }
    }

    private void checkParts(TogetherSpec spec) {
        long sparse =
                spec.methods().stream().filter(SparseSpec.class::isInstance).count();
        if (sparse > 1) {
            report("methods", "the method sparse " + sparse + " times", "it once, with more kept", null);
        }
    }
}
