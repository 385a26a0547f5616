package org.statecraft.peft.suffix;

import org.statecraft.model.InputException;
import org.statecraft.peft.LayerRange;

/**
 * How a suffix is trained.
 *
 * @param rank of two factors of the offset; 0 for the offset itself
 * @param layers where
 */
public record SuffixConfig(int rank, LayerRange layers) {
    public SuffixConfig {
        if (rank < 0) {
            throw new InputException("suffix has rank " + rank + "; expected at least 1, or 0 for the whole offset");
        }
    }
}
