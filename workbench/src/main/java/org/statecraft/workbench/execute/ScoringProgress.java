package org.statecraft.workbench.execute;

import java.time.Duration;
import java.time.Instant;
import org.statecraft.workbench.run.Event;
import org.statecraft.workbench.run.EventLog;

/** Turns counts into events with rate and remaining time, and stops the scoring when asked to. */
final class ScoringProgress {
    private final EventLog events;
    private final Workspace workspace;
    private String task = "";
    /** When the current task began: with the step, or when the one before it was done. */
    private Instant started;

    private Instant latest;

    ScoringProgress(Workspace workspace) {
        this.events = workspace.events();
        this.workspace = workspace;
        this.latest = events.now();
    }

    void at(String name, int done, int total) {
        workspace.checkStop();
        Instant now = events.now();
        if (!name.equals(task)) {
            task = name;
            started = latest;
        }
        latest = now;
        double seconds = Duration.between(started, now).toMillis() / 1000.0;
        Double perSecond = seconds > 0 && done > 0 ? done / seconds : null;
        Double left = perSecond == null ? null : (total - done) / perSecond;
        events.append(new Event.EvaluationProgress(now, name, done, total, perSecond, left));
    }
}
