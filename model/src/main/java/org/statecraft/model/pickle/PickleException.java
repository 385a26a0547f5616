package org.statecraft.model.pickle;

import java.nio.file.Path;
import org.statecraft.model.InputException;

/** A PyTorch checkpoint is damaged, or holds something else than a dictionary of tensors. */
public final class PickleException extends InputException {
    private static final String AGAIN =
            "Download or copy the file again; if that does not help, whatever wrote it is broken.";
    private static final String SAVE_AGAIN =
            "In a Python that you trust, load it with a PyTorch of today and store it again: "
                    + "torch.save(model.state_dict(), \"pytorch_model.bin\").";
    private static final String TENSORS_ONLY =
            "Nothing of the file was executed. Only a dictionary of tensors can be imported; "
                    + "if you trust the file, store model.state_dict() alone with torch.save.";
    private static final int PRINTED_CHARACTERS = 80;

    /** What is wrong. */
    public enum Kind {
        /** Stored before PyTorch 1.6: a pickle without an archive around it, or a tar archive. */
        LEGACY_FORMAT(SAVE_AGAIN),
        /** A program for TorchScript and not only weights. */
        TORCHSCRIPT(SAVE_AGAIN),
        LFS_POINTER("Fetch the file itself, for example with git lfs pull."),
        NOT_ZIP(AGAIN),
        /** The list of entries at the end of the archive is damaged or contradicts itself. */
        ZIP_DIRECTORY(AGAIN),
        ENTRY_NAME(SAVE_AGAIN),
        /** Compressed or encrypted. */
        ENTRY_METHOD(SAVE_AGAIN),
        /** An entry lies outside the file or over another one. */
        ENTRY_RANGE(AGAIN),
        ENTRY_MISSING(AGAIN),
        BYTE_ORDER(SAVE_AGAIN),
        PICKLE_TRUNCATED(AGAIN),
        /** An instruction that a dictionary of tensors does not need. */
        OPCODE(TENSORS_ONLY),
        /** A Python class or function that a dictionary of tensors does not need. */
        GLOBAL(TENSORS_ONLY),
        /** Known instructions in an order or with arguments that mean nothing. */
        STRUCTURE(TENSORS_ONLY),
        /** A text or a number that is larger than any in a checkpoint. */
        TOO_LONG(TENSORS_ONLY),
        /** A storage and its entry in the archive differ in size. */
        STORAGE(AGAIN),
        /** A negative or overflowing size. */
        SHAPE(AGAIN),
        /** Offset and strides lead outside the storage, or to one place twice. */
        LAYOUT("If you trust the file, make the tensor contiguous in Python and store it again."),
        /** Reading would need more memory than the file has bytes. */
        MEMORY(TENSORS_ONLY),
        /** The pickle holds something else than a dictionary of tensors. */
        CONTENT(TENSORS_ONLY),
        /** Two tensors share bytes, and they are not a tied head and its embedding. */
        SHARED_BYTES("If you trust the file, clone one of the tensors in Python and store it again."),
        SHARD_MISSING("Download the missing file into the same folder."),
        TENSOR_MISSING("Download index and weight files again, all from the same version of the model.");

        private final String remedy;

        Kind(String remedy) {
            this.remedy = remedy;
        }
    }

    private final Kind kind;

    private PickleException(Kind kind, String place, String found, String expected) {
        super(place + ": found " + found + ", expected " + expected + ". " + kind.remedy);
        this.kind = kind;
    }

    static PickleException of(Kind kind, Path file, String found, String expected) {
        return new PickleException(kind, file.toAbsolutePath().toString(), found, expected);
    }

    /** @param part the entry, the tensor or the place inside the file */
    static PickleException of(Kind kind, Path file, String part, String found, String expected) {
        return new PickleException(kind, file.toAbsolutePath() + ", " + part, found, expected);
    }

    public Kind kind() {
        return kind;
    }

    /** Text from a file in quotation marks. */
    static String quote(String text) {
        return '"' + printable(text) + '"';
    }

    /** Text from a file, fit for a terminal: no control or direction characters, no flood. */
    static String printable(String text) {
        boolean all = text.length() <= PRINTED_CHARACTERS;
        return (all ? text : text.substring(0, PRINTED_CHARACTERS) + "...").replaceAll("[\\p{Cc}\\p{Cf}]", "?");
    }
}
