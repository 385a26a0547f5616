package org.statecraft.peft.sparse;

import org.statecraft.model.InputException;
import org.statecraft.peft.LayerRange;

/**
 * How much is kept.
 *
 * @param channels share of the channels (Mamba-1) or heads (Mamba-2) of a layer
 * @param states share of the columns of the state: of each kept channel (Mamba-1) or of each group (Mamba-2)
 */
public record SparseConfig(double channels, double states, LayerRange layers) {
    public SparseConfig {
        require("channels", channels);
        require("states", states);
    }

    private static void require(String name, double share) {
        if (!(share > 0 && share <= 1)) {
            throw new InputException(
                    "sparse has " + name + " " + share + "; expected a share above 0 and at most 1, as 0.01");
        }
    }

    /** So many of {@code all}, rounded, at least one. */
    static int kept(long all, double share) {
        return (int) Math.max(1, Math.round(share * all));
    }
}
