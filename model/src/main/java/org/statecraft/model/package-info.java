/** State-space language models: configuration, checkpoints, layers, kernels and generation. */
package org.statecraft.model;
