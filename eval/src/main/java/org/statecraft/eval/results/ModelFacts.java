package org.statecraft.eval.results;

import java.util.Map;

/**
 * What a result file says of the model.
 *
 * @param name the model's folder or published name
 * @param arguments what else identifies it
 * @param parameters how many numbers it stores
 * @param dtype of the computation, for example {@code float32}
 * @param device it ran on
 * @param endOfText id of the token that begins, ends and pads
 */
public record ModelFacts(
        String name, Map<String, String> arguments, long parameters, String dtype, String device, int endOfText) {}
