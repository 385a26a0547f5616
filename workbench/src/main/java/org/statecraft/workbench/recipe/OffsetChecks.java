package org.statecraft.workbench.recipe;

import java.util.List;
import org.statecraft.model.InputException;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.bottleneck.BottleneckConfig;
import org.statecraft.peft.stateoffset.StateOffsetConfig.Form;

/** Mistakes in state offsets, suffixes and bottlenecks. */
record OffsetChecks(Findings findings, String path) {

    void check(MethodSpec method) {
        if (method instanceof StateOffsetSpec spec) {
            checkRank(spec);
            checkBudget(spec);
            checkLayers(spec.layers());
        } else if (method instanceof SuffixSpec spec) {
            checkLayers(spec.layers());
        } else if (method instanceof BottleneckSpec spec) {
            checkTargets(spec.targets());
            checkLayers(spec.layers());
        }
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
}
