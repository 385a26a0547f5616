/**
 * Benchmarks with the definitions of lm-evaluation-harness: {@link org.statecraft.eval.Evaluator} puts the documents of
 * {@link org.statecraft.eval.tasks.Task}s to a {@link org.statecraft.eval.scoring.Scorer} and aggregates the answers.
 *
 * <p>Nothing here but {@link org.statecraft.eval.scoring.LanguageModelScorer} knows a model class.
 */
package org.statecraft.eval;
