package org.statecraft.workbench.recipe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.statecraft.workbench.recipe.RecipeChecks.Scope;

/** What can be wrong with a comparison with a base: files that are not there, and sizes that do not fit the text. */
record FidelityChecks(RecipeChecks checks) {

    void check(FidelityStep step, Scope scope) {
        Path text = checks.locateData("text", step.text(), scope);
        if (step.base() != null) {
            checks.locateModel("base", step.base(), scope);
        }
        if (!scope.sound("contexts", "contexts[0]", "contexts[1]")) {
            return;
        }
        if (step.contexts().size() != 2) {
            String found = step.contexts().size() + " lengths";
            scope.report("contexts", found, "two: the shortest and the longest, as in [512, 1024]", null);
        } else if (step.shortest() > step.longest()) {
            String found = "contexts from " + step.shortest() + " down to " + step.longest();
            scope.report("contexts", found, "the shortest before the longest", null);
        } else if (text != null && scope.sound("continuation", "windows")) {
            checkRoom(step, text, scope);
        }
    }

    /** A token has at least one byte, so a file of fewer bytes than tokens is certainly too short. */
    private static void checkRoom(FidelityStep step, Path text, Scope scope) {
        try {
            long bytes = Files.size(text);
            long tokens = step.longest() + (long) step.windows() * step.continuation();
            if (bytes < tokens && !text.toString().endsWith(".gz")) {
                String found = text + " has " + bytes + " bytes, too few for " + step.windows() + " continuations of "
                        + step.continuation() + " tokens behind a context of " + step.longest();
                scope.report("text", found, "a longer text, fewer windows, or shorter ones", null);
            }
        } catch (IOException e) {
            scope.report("text", text + " is not readable: " + e.getMessage(), "a readable file", null);
        }
    }
}
