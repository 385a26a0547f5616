package org.statecraft.model.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WideningTest {
    private static final int PATTERNS = 1 << 16;

    @TempDir
    private Path folder;

    @Test
    void everyFloat16IsWidenedExactly() throws IOException {
        assertEveryPattern("F16", 5, 10);
    }

    @Test
    void everyBfloat16IsWidenedExactly() throws IOException {
        assertEveryPattern("BF16", 8, 7);
    }

    @Test
    void float64IsRoundedToNearest() throws IOException {
        double[] values = {0.1, -1e-300, 1e300, 1 + 0x1p-24, 1 + 3 * 0x1p-24, Double.MIN_VALUE, -0.0};
        ByteBuffer data = ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            data.putDouble(value);
        }
        Path file = RawFiles.write(
                folder.resolve("f64.safetensors"),
                "{\"w\":{\"dtype\":\"F64\",\"shape\":[7],\"data_offsets\":[0,56]}}",
                data.array());
        try (SafetensorsFile tensors = SafetensorsFile.open(file);
                NDManager manager = NDManager.newBaseManager()) {
            float[] found = tensors.float32(manager, "w").toFloatArray();
            for (int i = 0; i < values.length; i++) {
                // BigDecimal rounds by its own algorithm; it does not know signed zero and infinity
                float expected = values[i] == 0 ? (float) values[i] : new BigDecimal(values[i]).floatValue();
                assertEquals(expected, found[i]);
            }
            assertEquals(DataType.FLOAT64, tensors.array(manager, "w").getDataType());
        }
    }

    /** IEEE 754 by its definition in double arithmetic, which holds all these numbers exactly. */
    private static double decode(int bits, int exponentBits, int fractionBits) {
        double sign = (bits & 0x8000) == 0 ? 1 : -1;
        int bias = (1 << (exponentBits - 1)) - 1;
        int exponent = (bits & 0x7fff) >> fractionBits;
        double fraction = (bits & ((1 << fractionBits) - 1)) * Math.pow(2, -fractionBits);
        if (exponent == (1 << exponentBits) - 1) {
            return fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
        }
        return exponent == 0
                ? sign * fraction * Math.pow(2, 1 - bias)
                : sign * (1 + fraction) * Math.pow(2, exponent - bias);
    }

    private void assertEveryPattern(String dtype, int exponentBits, int fractionBits) throws IOException {
        ByteBuffer data = ByteBuffer.allocate(PATTERNS * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int bits = 0; bits < PATTERNS; bits++) {
            data.putShort((short) bits);
        }
        String header = "{\"w\":{\"dtype\":\"" + dtype + "\",\"shape\":[256,256],\"data_offsets\":[0," + data.capacity()
                + "]}}";
        Path file = RawFiles.write(folder.resolve(dtype), header, data.array());
        try (SafetensorsFile tensors = SafetensorsFile.open(file);
                NDManager manager = NDManager.newBaseManager()) {
            NDArray array = tensors.array(manager, "w");
            assertEquals(DataType.FLOAT32, array.getDataType());
            float[] found = array.toFloatArray();
            for (int bits = 0; bits < PATTERNS; bits++) {
                double expected = decode(bits, exponentBits, fractionBits);
                String what = dtype + " " + Integer.toHexString(bits);
                assertEquals(expected, found[bits], what);
                boolean negative = (bits & 0x8000) != 0;
                assertEquals(negative, Float.floatToRawIntBits(found[bits]) < 0, what);
                assertTrue(Double.isNaN(expected) || (float) expected == expected, what);
            }
        }
    }
}
