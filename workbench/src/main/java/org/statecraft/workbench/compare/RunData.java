package org.statecraft.workbench.compare;

import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.workbench.run.EnvironmentReport;
import org.statecraft.workbench.run.Event;
import org.statecraft.workbench.run.EventLog;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.RunState;
import org.statecraft.workbench.run.Summary;

/**
 * What there is of one run.
 *
 * @param summary of a run that has not ended: of its events so far
 * @param recipe values of the resolved recipe by path; null if the run died before it was written
 * @param inputs hashes of model and data files by name
 */
record RunData(RunDirectory directory, Summary summary, Map<String, String> recipe, Map<String, String> inputs)
        implements Compared {
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

    @Override
    public String id() {
        return directory.id();
    }

    @Override
    public String heading() {
        return directory.id() + "  " + summary.state();
    }

    @Override
    public boolean followsRecipe() {
        return true;
    }

    @Override
    public boolean completed() {
        return summary.state() == RunState.COMPLETED;
    }

    @Override
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("recipe", summary.name());
        facts.put("state", summary.state().name());
        facts.put("failure", summary.failure());
        facts.put("kernel", summary.kernel());
        facts.put("weights", summary.weights());
        return facts;
    }

    @Override
    public List<String> remarks(String letter) {
        return recipe == null
                ? List.of("run " + letter + " has no resolved.yaml: it ended before its recipe was written down")
                : List.of();
    }

    @Override
    public List<Summary.Step> steps() {
        return summary.steps();
    }

    @Override
    public List<Summary.Evaluation> evaluations() {
        return summary.evaluations();
    }

    @Override
    public Documents documents(Summary.Evaluation evaluation, String task) {
        return Documents.find(directory.documentSamples(evaluation.step()), task);
    }

    @Override
    public EvaluationFile file(Summary.Evaluation evaluation) {
        return EvaluationFile.read(directory.evaluation(evaluation.step()));
    }
}
