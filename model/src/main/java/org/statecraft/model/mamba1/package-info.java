/** Mamba-1 (selective state spaces, Gu and Dao 2023) and FalconMamba: configuration, sizes and parameters of a layer. */
package org.statecraft.model.mamba1;
