/** Initial-state tuning (Galim et al. 2025): a learned state, and a learned window of the convolution, before the first token. */
package org.statecraft.peft.initialstate;
