package org.statecraft.workbench.gate;

/**
 * The verdict on a quantity.
 *
 * @param value of the run; null, like the ratio, if it has none
 */
public record GuardVerdict(Guard guard, Double value, Double ratio, Outcome outcome) {}
