package org.statecraft.eval;

import java.util.List;

/**
 * What an evaluation found.
 *
 * @param tasks in the order in which they were asked for
 * @param options that it ran with
 */
public record EvaluationResult(List<TaskResult> tasks, EvaluationOptions options) {}
