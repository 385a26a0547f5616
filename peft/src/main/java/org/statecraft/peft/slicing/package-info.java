/** Adapters of a model of which heads, channels or columns of the state were removed. */
package org.statecraft.peft.slicing;
