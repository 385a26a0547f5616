package org.statecraft.eval.probes;

import java.util.Map;
import org.statecraft.eval.TaskResult;

/**
 * What came of a probe, and what its scores are to be held against.
 *
 * @param chance what a blind guess scores, by the metric; none where it is not known
 * @param constant what the best single answer to everything scores, by the metric; empty for text probes
 */
public record ProbeResult(TaskResult result, Map<String, Double> chance, Map<String, Double> constant) {}
