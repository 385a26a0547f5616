package org.statecraft.eval.results;

import java.time.Duration;
import java.time.Instant;

/**
 * What differs between two evaluations of the same model: the only keys of a result file that do are {@code date},
 * {@code total_evaluation_time_seconds} and {@code git_hash}.
 *
 * @param gitHash of the program, or null where it is not known
 */
public record RunFacts(Instant started, Duration duration, String gitHash) {}
