package org.statecraft.model.pickle;

import java.io.IOException;
import org.statecraft.model.pickle.PickleException.Kind;

/** Tells by its first bytes what a file is that is no zip archive. */
final class Signature {
    private static final int ZIP = 0x04034b50;
    /** {@code "version "}. */
    private static final long LFS = 0x206e6f6973726576L;

    /** {@code "usta"}; an {@code r} follows. */
    private static final long TAR = 0x61747375L;

    private static final int TAR_MARK_AT = 257;
    /** The first number in a pickle that PyTorch wrote before version 1.6: PROTO 2, LONG1 of ten bytes, the number. */
    private static final long LEGACY = 0x46_9c_fc_6c_0a_8a_02_80L;

    private Signature() {}

    static void requireZip(Region in) throws IOException {
        long size = in.remaining();
        if (size < Long.BYTES) {
            throw PickleException.of(Kind.NOT_ZIP, in.file(), size + " bytes", "a zip archive");
        }
        long first = in.i8();
        if ((int) first == ZIP) {
            return;
        }
        if (first == LEGACY) {
            throw PickleException.of(
                    Kind.LEGACY_FORMAT, in.file(), "the format of PyTorch before 1.6", "a zip archive");
        }
        if (first == LFS) {
            throw PickleException.of(
                    Kind.LFS_POINTER, in.file(), "the pointer that Git LFS keeps in place of a file", "the file");
        }
        if (size >= TAR_MARK_AT + 5) {
            in.skip(TAR_MARK_AT - Long.BYTES);
            if (in.u4() == TAR && in.u1() == 'r') {
                throw PickleException.of(
                        Kind.LEGACY_FORMAT, in.file(), "a tar archive, as the first PyTorch wrote", "a zip archive");
            }
        }
        throw PickleException.of(Kind.NOT_ZIP, in.file(), "something else", "a zip archive, as torch.save writes");
    }
}
