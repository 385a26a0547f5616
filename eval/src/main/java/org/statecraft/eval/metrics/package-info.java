/** Metrics: what one document contributes, how documents are aggregated, and the standard error of that. */
package org.statecraft.eval.metrics;
