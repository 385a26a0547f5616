/** Benchmarks: requests, tasks, metrics, statistics and result files. */
package org.statecraft.eval;
