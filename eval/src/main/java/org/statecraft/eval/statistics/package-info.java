/**
 * Statistics for putting two evaluations beside each other: paired and unpaired differences, exact tests for 0/1 scores, tests
 * against a margin, correction for several tests.
 *
 * <p>Every difference is candidate minus base. Nothing here knows tasks, metrics or files.
 */
package org.statecraft.eval.statistics;
