/** Prompt tuning (Lester et al. 2021): learned embeddings in front of every sequence. */
package org.statecraft.peft.prompt;
