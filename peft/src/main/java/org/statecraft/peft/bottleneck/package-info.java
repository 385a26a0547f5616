/** Bottleneck adapters: a small network with a shortcut in front of a projection. */
package org.statecraft.peft.bottleneck;
