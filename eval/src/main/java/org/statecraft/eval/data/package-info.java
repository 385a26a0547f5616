/**
 * The documents of tasks ("rows"): benchmark data in the field layout that tasks of lm-evaluation-harness expect.
 *
 * <p>{@link org.statecraft.eval.data.Dataset} reads files by the name that a task file has under {@code dataset_path}: the formats
 * of Hugging Face's {@code datasets}, or files as a benchmark's authors released them. {@link org.statecraft.eval.data.HubLayout}
 * finds the files of a data set that was downloaded from the hub. {@link org.statecraft.eval.data.RowReader} is what an optional
 * module brings for a further format.
 */
package org.statecraft.eval.data;
