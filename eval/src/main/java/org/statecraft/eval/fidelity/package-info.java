/**
 * How far a changed model is from its base: both read the same windows of a held-out text, and what they say of every token of a
 * continuation is compared ({@code docs/fidelity.md}).
 */
package org.statecraft.eval.fidelity;
