package org.statecraft.eval.data;

import org.statecraft.model.records.Mistakes.Kind;

/** No row can be made of a record. The message is read after its place: {@code has no 'label'}. */
final class UnusableRecordException extends RuntimeException {
    private final Kind kind;

    UnusableRecordException(Kind kind, String found) {
        super(found);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }
}
