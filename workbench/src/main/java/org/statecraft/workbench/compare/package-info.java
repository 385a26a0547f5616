/** Runs and results of lm-evaluation-harness side by side: how recipes differ, what was scored on which documents, what it cost. */
package org.statecraft.workbench.compare;
