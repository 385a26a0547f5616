/**
 * The fused kernel: the stages of a layer as methods of TorchScript modules, the resources {@code mamba1.py} and
 * {@code mamba2.py} of the package {@code script}, each with the methods of {@code common.py} behind it.
 */
package org.statecraft.model.fused;
