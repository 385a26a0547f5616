package org.statecraft.model.safetensors;

import ai.djl.ndarray.types.DataType;
import java.util.Optional;
import java.util.stream.Stream;

/** The element types of safetensors files that are read here, by the names that stand in the files. */
public enum DType {
    F64(8, DataType.FLOAT64),
    F32(4, DataType.FLOAT32),
    F16(2, DataType.FLOAT32),
    BF16(2, DataType.FLOAT32),
    I64(8, DataType.INT64),
    I32(4, DataType.INT32),
    I16(2, DataType.INT32),
    I8(1, DataType.INT8),
    U8(1, DataType.UINT8),
    BOOL(1, DataType.BOOLEAN);

    private final int bytes;
    private final DataType arrayType;

    DType(int bytes, DataType arrayType) {
        this.bytes = bytes;
        this.arrayType = arrayType;
    }

    /** Bytes of one stored element. */
    public int bytes() {
        return bytes;
    }

    /** Whether elements are floating-point numbers. */
    public boolean isFloating() {
        return this == F64 || this == F32 || this == F16 || this == BF16;
    }

    /**
     * The type of an array that holds such elements. It is wider than the stored one for {@link #F16}, {@link #BF16} and
     * {@link #I16}: DJL aborts the JVM when asked for bfloat16 or 16-bit integers, and float16 is slow and coarse on a CPU.
     */
    DataType arrayType() {
        return arrayType;
    }

    /** The type with this name; names are case-sensitive. */
    static Optional<DType> named(String name) {
        return Stream.of(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    /** The type in which elements of an array are stored. */
    static Optional<DType> of(DataType type) {
        return Optional.ofNullable(
                switch (type) {
                    case FLOAT64 -> F64;
                    case FLOAT32 -> F32;
                    case FLOAT16 -> F16;
                    case INT64 -> I64;
                    case INT32 -> I32;
                    case INT8 -> I8;
                    case UINT8 -> U8;
                    case BOOLEAN -> BOOL;
                    default -> null;
                });
    }
}
