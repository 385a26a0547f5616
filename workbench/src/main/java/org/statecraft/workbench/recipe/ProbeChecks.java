package org.statecraft.workbench.recipe;

import java.util.List;
import java.util.Map;
import org.statecraft.eval.probes.ProbeCatalog;
import org.statecraft.eval.probes.ProbeData;
import org.statecraft.eval.probes.ProbeSlice;
import org.statecraft.eval.probes.Split;
import org.statecraft.eval.probes.TokenProbe;
import org.statecraft.model.InputException;
import org.statecraft.workbench.recipe.RecipeChecks.Scope;

/** What can be wrong with a probe to train on: names, options and slices that it does not have. */
record ProbeChecks(ProbeSpec spec, Scope scope) {

    void check() {
        if (!scope.sound("type")) {
            return;
        }
        List<String> names = ProbeCatalog.names();
        if (!names.contains(spec.type())) {
            String nearest = Names.nearest(spec.type(), names);
            scope.report("type", "unknown probe '" + spec.type() + "'", Names.orList(names), nearest);
            return;
        }
        TokenProbe probe = scope.sound("options") ? probe() : null;
        if (probe != null) {
            checkSlices(probe);
        }
    }

    /** The probe, or null where an option is wrong. */
    private TokenProbe probe() {
        try {
            return spec.probe();
        } catch (InputException together) {
            boolean found = false;
            for (Map.Entry<String, String> option : spec.options().entrySet()) {
                try {
                    TokenProbe.of(spec.type(), Map.ofEntries(option));
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

    private void checkSlices(TokenProbe probe) {
        for (int i = 0; i < spec.slices().size() && scope.sound("slices"); i++) {
            try {
                ProbeSlice slice = ProbeSlice.parse(spec.slices().get(i));
                ProbeData.draw(probe, slice, Split.TRAIN, 0, 1);
            } catch (InputException e) {
                scope.report("slices[" + i + "]", e.getMessage(), null, null);
            }
        }
        if (spec.slices().isEmpty()
                && scope.sound("slices")
                && probe.trainingSlices().isEmpty()) {
            scope.report("slices", "missing key", "slices, because the probe names none for these options", null);
        }
    }
}
