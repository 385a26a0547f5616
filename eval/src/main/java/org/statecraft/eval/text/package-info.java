/**
 * Scores of a written text against reference texts, equal to those of the tools that the field reports with ({@code docs/text-metrics.md}).
 *
 * <p>Everything here is a function of strings. BLEU, chrF and TER are not means over documents: they come in two halves, the statistics of a
 * document and the score of a sum of statistics, so that a resample of documents costs one addition per document.
 */
package org.statecraft.eval.text;
