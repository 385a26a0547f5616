package org.statecraft.model.files;

import org.statecraft.model.InputException;

/** A published folder is not what its manifest promises. */
public final class ManifestException extends InputException {
    /** What is wrong, for callers that act on it: skip a checkpoint, ask for an update. */
    public enum Kind {
        /** The folder, its manifest or a listed file is not there. */
        MISSING,
        /** The manifest cannot be read, or a file differs from it in size or hash. */
        CORRUPT,
        /** Written by a version that came later. */
        TOO_NEW,
        /** Written by a version whose format is no longer read. */
        TOO_OLD
    }

    private final Kind kind;

    ManifestException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
