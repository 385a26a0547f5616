package org.statecraft.workbench.recipe;

import java.nio.file.Path;

/**
 * A task and where it was found.
 *
 * @param spec what its file says
 * @param file the task file
 * @param data the data file
 */
public record LocatedTask(TaskSpec spec, Path file, Path data) {}
