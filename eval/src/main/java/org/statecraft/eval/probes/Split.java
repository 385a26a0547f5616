package org.statecraft.eval.probes;

import java.util.Locale;

/** What sequences are drawn for. */
public enum Split {
    TRAIN,
    TEST;

    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
