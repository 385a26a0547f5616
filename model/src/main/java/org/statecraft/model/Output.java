package org.statecraft.model;

import ai.djl.ndarray.NDArray;

/**
 * What a forward pass leaves.
 *
 * @param hidden after the final norm, {@code [batch, length, dModel]}; {@link LanguageModel#logits} makes logits of the rows
 *     that are wanted
 * @param state to carry on from, at each row's own last token
 */
public record Output(NDArray hidden, ModelState state) {}
