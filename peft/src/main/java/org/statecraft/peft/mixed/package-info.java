/** Batches whose rows have different adapters. */
package org.statecraft.peft.mixed;
