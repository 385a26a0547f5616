/** State-offset tuning (Kang et al. 2025): a learned offset of the state that only the read-out sees. */
package org.statecraft.peft.stateoffset;
