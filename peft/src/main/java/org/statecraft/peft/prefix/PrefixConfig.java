package org.statecraft.peft.prefix;

import org.statecraft.model.InputException;
import org.statecraft.peft.LayerRange;

/**
 * Which rows are learned.
 *
 * @param tokens rows in each layer
 * @param network width of the hidden layer of the network that makes the rows during training; 0 where the rows themselves are
 *     trained
 * @param layers that get rows
 */
public record PrefixConfig(int tokens, int network, LayerRange layers) {
    public PrefixConfig {
        if (tokens < 1) {
            throw new InputException("tokens of the prefix is " + tokens + "; expected at least 1");
        }
        if (network < 0) {
            throw new InputException("network-width is " + network + "; expected at least 1, or none");
        }
    }

    /** Rows that are trained themselves, in all layers. */
    public static PrefixConfig of(int tokens) {
        return new PrefixConfig(tokens, 0, LayerRange.ALL);
    }
}
