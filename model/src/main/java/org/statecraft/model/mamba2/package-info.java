/** Mamba-2 (state-space duality, Dao and Gu 2024): configuration, sizes and parameters of a layer. */
package org.statecraft.model.mamba2;
