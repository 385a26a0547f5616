/** Compiles what adapters do at the start of sequences into a snapshot. */
package org.statecraft.peft.compile;
