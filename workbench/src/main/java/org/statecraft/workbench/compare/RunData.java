package org.statecraft.workbench.compare;

import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.statecraft.workbench.run.EnvironmentReport;
import org.statecraft.workbench.run.Event;
import org.statecraft.workbench.run.EventLog;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.Summary;

/**
 * What there is of one run.
 *
 * @param summary of a run that has not ended: of its events so far
 * @param recipe values of the resolved recipe by path; null if the run died before it was written
 * @param inputs hashes of model and data files by name
 */
record RunData(RunDirectory directory, Summary summary, Map<String, String> recipe, Map<String, String> inputs) {
    static RunData load(RunDirectory directory) {
        EnvironmentReport environment = EnvironmentReport.read(directory);
        return new RunData(
                directory,
                Files.exists(directory.summary()) ? Summary.read(directory) : soFar(directory),
                RecipeLeaves.read(directory.resolvedRecipe()),
                environment == null ? Map.of() : environment.inputs());
    }

    private static Summary soFar(RunDirectory directory) {
        List<Event> events = Files.exists(directory.events()) ? EventLog.read(directory.events()) : List.of();
        return Summary.of(
                new Summary.RunIdentity(directory.id(), directory.id(), null, null, null, null),
                directory.state(),
                events);
    }
}
