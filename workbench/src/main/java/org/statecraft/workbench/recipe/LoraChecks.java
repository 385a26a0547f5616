package org.statecraft.workbench.recipe;

import java.util.List;
import org.statecraft.model.InputException;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.lora.LoraConfig;

/** Mistakes in low-rank adaptation that show without a model. */
record LoraChecks(Findings findings, String path) {

    void check(LoraSpec method) {
        for (int i = 0; i < method.targets().size() && sound("targets"); i++) {
            checkTarget(method, i);
        }
        if (sound("layers")) {
            checkLayers(method.layers());
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

    private void checkLayers(String layers) {
        try {
            new LayerRange(layers);
        } catch (InputException e) {
            report("layers", "found '" + layers + "'", "all, or numbers and ascending ranges, as in 0-3,6", null);
        }
    }

    private boolean sound(String key) {
        return findings.sound(Findings.child(path, key));
    }

    private void report(String key, String found, String expected, String nearest) {
        findings.reportAt(Findings.child(path, key), found, expected, nearest);
    }
}
