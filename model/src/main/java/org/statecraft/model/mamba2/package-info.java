/** Mamba-2 (state-space duality, Dao and Gu 2024): configuration, layer and the reference kernel. */
package org.statecraft.model.mamba2;
