/** Trains the parameters of an adapter on a frozen model: data order, AdamW, guards, checkpoints. */
package org.statecraft.peft.train;
