/**
 * The gate: holds the scores of a run against a baseline and says whether the run may pass.
 *
 * <p>{@link org.statecraft.workbench.gate.GateJudge} alone makes the verdict, from values in memory; readers bring the values,
 * renderers show the verdict.
 */
package org.statecraft.workbench.gate;
