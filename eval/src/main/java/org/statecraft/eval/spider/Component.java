package org.statecraft.eval.spider;

/** A part of a query that is compared by itself, in the order of the benchmark's table. */
public enum Component {
    SELECT("select"),
    SELECT_WITHOUT_AGGREGATE("select(no AGG)"),
    WHERE("where"),
    WHERE_WITHOUT_OPERATOR("where(no OP)"),
    GROUP_COLUMNS("group(no Having)"),
    GROUP("group"),
    ORDER("order"),
    CONNECTIVES("and/or"),
    SET_OPERATION("IUEN"),
    KEYWORDS("keywords");

    private final String label;

    Component(String label) {
        this.label = label;
    }

    /** Name in the benchmark's table. */
    public String label() {
        return label;
    }
}
