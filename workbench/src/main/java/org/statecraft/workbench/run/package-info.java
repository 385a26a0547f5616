/**
 * Run directories: their names and files, the stream of events with its terminal rendering, the summary that ends a run and
 * the report about the machine that it ran on.
 *
 * <p>A run directory is the single source of truth. {@code events.jsonl} is the only progress stream: whatever shows a run
 * (terminal, dashboard, tests) reads events and nothing else. {@code summary.json} is written last, so its presence means that
 * the run has ended.
 */
package org.statecraft.workbench.run;
