package org.statecraft.workbench.gate;

/** How two scores were compared. */
public enum Method {
    UNCHANGED("same answers"),
    PAIRED_EXACT("paired, exact"),
    PAIRED_T("paired, t"),
    UNPAIRED("unpaired, z"),
    BY_VALUE("by value");

    private final String label;

    Method(String label) {
        this.label = label;
    }

    /** For people. */
    public String label() {
        return label;
    }
}
