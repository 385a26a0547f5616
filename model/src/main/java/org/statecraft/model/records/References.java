package org.statecraft.model.records;

/** What becomes of several reference texts for one entry of a file. */
public enum References {
    /** A record for each: the field {@code text}, with its {@code source}. For training. */
    APART,
    /** One record with all of them: the field {@code references}, a list. For evaluation. */
    TOGETHER
}
