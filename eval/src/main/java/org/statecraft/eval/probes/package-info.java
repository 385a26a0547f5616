/**
 * Synthetic probes: strings whose right answers are known exactly, drawn from fixed seeds in slices of rising difficulty.
 *
 * <p>A {@link org.statecraft.eval.probes.TokenProbe} draws sequences of symbols with an answer at some of their positions; it can train
 * a small model, and score any. Each has a generator and, written apart from it, a recogniser that finds the answers of a given
 * string. {@link org.statecraft.eval.probes.ProbeData} makes training and test sets. Source: {@code docs/probes.md}.
 */
package org.statecraft.eval.probes;
