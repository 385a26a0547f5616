package org.statecraft.workbench.execute;

import org.statecraft.workbench.run.RunState;

/**
 * How a run ended.
 *
 * @param failure the cause for people; null unless the state is {@link RunState#FAILED}
 */
public record Outcome(RunState state, String failure) {}
