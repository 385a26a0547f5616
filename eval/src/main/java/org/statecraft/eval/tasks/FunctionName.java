package org.statecraft.eval.tasks;

/** {@code !function module.name} of a task file. */
public record FunctionName(String name) {}
