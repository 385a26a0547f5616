/**
 * The fused kernel: the stages of a layer as methods of TorchScript modules, the resources {@code mamba1.py} and
 * {@code mamba2.py} of the package {@code script}, each with the methods of {@code common.py} and {@code linear.py} behind
 * it. {@code docs/model.md} tells how.
 */
package org.statecraft.model.fused;
