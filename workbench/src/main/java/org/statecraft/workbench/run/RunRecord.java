package org.statecraft.workbench.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the events of a run come to: its steps, scores and texts. A step that runs again replaces what it said before. */
final class RunRecord {
    private final Map<Integer, Summary.Step> steps = new TreeMap<>();
    private final Map<Integer, Summary.Evaluation> evaluations = new TreeMap<>();
    private final Map<List<String>, Event.Generated> texts = new LinkedHashMap<>();
    private Event.RunFinished finished;

    void accept(Event event) {
        if (event instanceof Event.RunStarted) {
            finished = null;
        } else if (event instanceof Event.StepStarted start) {
            steps.remove(start.index());
            evaluations.remove(start.index());
        } else if (event instanceof Event.TaskScored score) {
            evaluations
                    .computeIfAbsent(
                            score.step(), step -> new Summary.Evaluation(step, score.label(), new LinkedHashMap<>()))
                    .tasks()
                    .computeIfAbsent(score.task(), task -> new LinkedHashMap<>())
                    .put(
                            score.metric(),
                            new Summary.Score(score.value(), score.stderr(), score.n(), score.higherIsBetter()));
        } else if (event instanceof Event.Generated text) {
            texts.put(List.of(text.label(), text.prompt()), text);
        } else if (event instanceof Event.StepFinished step) {
            steps.put(
                    step.index(),
                    new Summary.Step(
                            step.index(),
                            step.verb(),
                            step.seconds(),
                            step.peakMemoryBytes(),
                            step.trainableParameters(),
                            step.totalParameters(),
                            step.stateBytesPerSequence()));
        } else if (event instanceof Event.RunFinished end) {
            finished = end;
        }
    }

    List<Summary.Step> steps() {
        return new ArrayList<>(steps.values());
    }

    List<Summary.Evaluation> evaluations() {
        return new ArrayList<>(evaluations.values());
    }

    List<Event.Generated> texts() {
        return new ArrayList<>(texts.values());
    }

    /** Null while the run has not ended. */
    Event.RunFinished finished() {
        return finished;
    }
}
