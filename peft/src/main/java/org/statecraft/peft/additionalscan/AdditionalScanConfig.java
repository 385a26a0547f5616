package org.statecraft.peft.additionalscan;

import org.statecraft.model.InputException;
import org.statecraft.peft.LayerRange;

/**
 * How much larger the state becomes.
 *
 * @param columns m, further columns of the state; in Mamba-2 for each group
 */
public record AdditionalScanConfig(int columns, LayerRange layers) {
    public AdditionalScanConfig {
        if (columns < 1) {
            throw new InputException("additional-scan has columns " + columns + "; expected at least 1");
        }
    }
}
