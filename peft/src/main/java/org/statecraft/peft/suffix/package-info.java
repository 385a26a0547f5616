/** Iterative suffix tuning: a scale and an offset of the state at its read-out, the step from suffixes to state offsets. */
package org.statecraft.peft.suffix;
