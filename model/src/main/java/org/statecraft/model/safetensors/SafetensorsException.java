package org.statecraft.model.safetensors;

import java.nio.file.Path;
import org.statecraft.model.InputException;

/** A safetensors file, or the index of a model in several files, breaks the format. */
public final class SafetensorsException extends InputException {
    private static final String AGAIN =
            "Download or copy the file again; if that does not help, whatever wrote it is broken.";
    private static final int QUOTED_CHARACTERS = 80;

    /** What is broken. */
    public enum Kind {
        /** Fewer than 8 bytes. */
        FILE_TOO_SHORT(AGAIN),
        /** The length field points outside the file or beyond the limit. */
        HEADER_LENGTH(AGAIN),
        HEADER_NOT_UTF8(AGAIN),
        HEADER_NOT_JSON(AGAIN),
        HEADER_NOT_OBJECT(AGAIN),
        /** Reading the header would need more memory than the file has bytes. */
        HEADER_MEMORY(AGAIN),
        DUPLICATE_NAME(AGAIN),
        /** A field of a tensor's entry is missing or of the wrong JSON type. */
        TENSOR_ENTRY(AGAIN),
        UNKNOWN_DTYPE("Convert the tensor to one of these types."),
        /** A negative, fractional or overflowing dimension. */
        SHAPE(AGAIN),
        /** Negative, reversed or overflowing offsets. */
        OFFSETS(AGAIN),
        OVERLAP(AGAIN),
        HOLE(AGAIN),
        /** The range of bytes does not fit shape and type. */
        SIZE_MISMATCH(AGAIN),
        TRAILING_BYTES(AGAIN),
        /** A range ends after the end of the file. */
        FILE_TRUNCATED(AGAIN),
        /** {@code __metadata__} is not a map of strings. */
        METADATA(AGAIN),
        /** The index names a file that is not a plain name in the model's folder. */
        INDEX_PATH("Put all weight files directly into the model's folder and write their plain names into the index."),
        INDEX_INVALID(AGAIN),
        SHARD_MISSING("Download the missing file into the same folder."),
        TENSOR_MISSING("Download index and weight files again, all from the same version of the model.");

        private final String remedy;

        Kind(String remedy) {
            this.remedy = remedy;
        }
    }

    private final Kind kind;

    private SafetensorsException(Kind kind, String place, String found, String expected) {
        super(place + ": found " + found + ", expected " + expected + ". " + kind.remedy);
        this.kind = kind;
    }

    static SafetensorsException of(Kind kind, Path file, String found, String expected) {
        return new SafetensorsException(kind, file.toAbsolutePath().toString(), found, expected);
    }

    static SafetensorsException of(Kind kind, Path file, String tensor, String found, String expected) {
        return new SafetensorsException(kind, file.toAbsolutePath() + ", tensor " + quote(tensor), found, expected);
    }

    public Kind kind() {
        return kind;
    }

    /** Text from a file, fit for a terminal: no control or direction characters, no flood. */
    static String quote(String text) {
        String printable = text.replaceAll("[\\p{Cc}\\p{Cf}]", "?");
        return '"'
                + (printable.length() <= QUOTED_CHARACTERS
                        ? printable
                        : printable.substring(0, QUOTED_CHARACTERS) + "...")
                + '"';
    }
}
