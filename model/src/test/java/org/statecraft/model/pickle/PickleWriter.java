package org.statecraft.model.pickle;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Pickles put together instruction by instruction, good ones and bad ones. */
final class PickleWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** A pickle that has begun as {@code torch.save} begins. */
    static PickleWriter begun() {
        return new PickleWriter().op(0x80).op(2);
    }

    /** A byte: an instruction or a part of its argument. */
    PickleWriter op(int code) {
        bytes.write(code);
        return this;
    }

    /** Instructions that are characters. */
    PickleWriter ops(String codes) {
        codes.chars().forEach(bytes::write);
        return this;
    }

    PickleWriter i4(int value) {
        bytes.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
        return this;
    }

    PickleWriter text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        op('X').i4(utf8.length);
        bytes.writeBytes(utf8);
        return this;
    }

    /** As Python writes it: in the shortest form. */
    PickleWriter number(long value) {
        if (value >= 0 && value < 1 << 8) {
            return op('K').op((int) value);
        }
        if (value >= 0 && value < 1 << 16) {
            return op('M').op((int) value & 0xff).op((int) value >> 8);
        }
        if (value == (int) value) {
            return op('J').i4((int) value);
        }
        return op(0x8a).op(8).i4((int) value).i4((int) (value >> 32));
    }

    PickleWriter global(String module, String name) {
        return ops("c" + module + "\n" + name + "\n");
    }

    PickleWriter tuple(long... numbers) {
        op('(');
        for (long number : numbers) {
            number(number);
        }
        return op('t');
    }

    PickleWriter storage(String type, String key, long elements) {
        return op('(').text("storage")
                .global("torch", type)
                .text(key)
                .text("cuda:0")
                .number(elements)
                .ops("tQ");
    }

    /** The call that makes a tensor, around a storage that {@link #storage} begins. */
    PickleWriter tensor(String type, String key, long elements, long offset, long[] sizes, long[] strides) {
        return global("torch._utils", "_rebuild_tensor_v2")
                .op('(')
                .storage(type, key, elements)
                .number(offset)
                .tuple(sizes)
                .tuple(strides)
                .op(0x89)
                .global("collections", "OrderedDict")
                .ops(")RtR");
    }

    PickleWriter orderedDict() {
        return global("collections", "OrderedDict").ops(")R");
    }

    byte[] stop() {
        return op('.').bytes.toByteArray();
    }
}
