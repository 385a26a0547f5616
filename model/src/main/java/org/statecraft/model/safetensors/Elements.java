package org.statecraft.model.safetensors;

import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Copies stored elements into the memory of an array and converts them on the way. Bits are moved as integers, so that
 * every NaN keeps its payload. PyTorch exists for little-endian machines only, hence equal types are copied as bytes.
 */
final class Elements {
    private Elements() {}

    /** Copies everything from {@code from} (elements of type {@code stored}) to {@code to} (elements of {@code wanted}). */
    static void copy(DType stored, DataType wanted, ByteBuffer from, ByteBuffer to) {
        ByteBuffer source = from.order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer target = to.order(ByteOrder.LITTLE_ENDIAN);
        switch (stored) {
            case F16 -> {
                while (source.hasRemaining()) {
                    target.putInt(widenHalf(source.getShort()));
                }
            }
            case BF16 -> {
                while (source.hasRemaining()) {
                    target.putInt(source.getShort() << 16);
                }
            }
            case I16 -> {
                while (source.hasRemaining()) {
                    target.putInt(source.getShort());
                }
            }
            case BOOL -> {
                // PyTorch's kernels rely on 0 and 1; a file may hold any byte
                while (source.hasRemaining()) {
                    target.put((byte) (source.get() == 0 ? 0 : 1));
                }
            }
            case F64 -> copyDoubles(wanted, source, target);
            default -> target.put(source);
        }
    }

    private static void copyDoubles(DataType wanted, ByteBuffer source, ByteBuffer target) {
        if (wanted == DataType.FLOAT64) {
            target.put(source);
            return;
        }
        while (source.hasRemaining()) {
            target.putFloat((float) source.getDouble());
        }
    }

    /**
     * The float32 bits of an IEEE binary16 number; exact.
     *
     * <p>Exponent and fraction move up by 13 bits and the bias grows from 15 to 127. Subnormal halves are normal floats:
     * their fraction counts units of 2^-24.
     */
    static int widenHalf(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >>> 10) & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) {
            return sign | Float.floatToRawIntBits(fraction * 0x1p-24f);
        }
        int widened = exponent == 0x1f ? 0xff : exponent - 15 + 127;
        return sign | widened << 23 | fraction << 13;
    }
}
