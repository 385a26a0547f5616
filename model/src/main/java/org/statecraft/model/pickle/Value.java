package org.statecraft.model.pickle;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.statecraft.model.safetensors.DType;

/** What a pickle of tensors is built of. Values may contain themselves, so nothing here walks through one. */
sealed interface Value {
    /** What it is, for a message. */
    String what();

    /** Where a list on the stack begins. */
    record Mark() implements Value {
        @Override
        public String what() {
            return "a mark";
        }
    }

    record None() implements Value {
        @Override
        public String what() {
            return "None";
        }
    }

    record Truth(boolean value) implements Value {
        @Override
        public String what() {
            return "a truth value";
        }
    }

    record Whole(long value) implements Value {
        @Override
        public String what() {
            return "a number";
        }
    }

    record Text(String value) implements Value {
        @Override
        public String what() {
            return "a text";
        }
    }

    record Tuple(List<Value> items) implements Value {
        @Override
        public String what() {
            return "a tuple of " + items.size();
        }
    }

    /** A dictionary with texts as keys, in their order. */
    final class Dict implements Value {
        private final Map<String, Value> items = new LinkedHashMap<>();

        Map<String, Value> items() {
            return items;
        }

        @Override
        public String what() {
            return "a dictionary of " + items.size();
        }
    }

    /** A row of elements, an entry of the archive. */
    record Storage(Archive.Entry entry, DType dtype, long elements) implements Value {
        @Override
        public String what() {
            return "a storage";
        }
    }

    record Tensor(Storage storage, Layout layout) implements Value {
        @Override
        public String what() {
            return "a tensor";
        }

        long bytes() {
            return layout.elements() * storage.dtype.bytes();
        }

        /** Whether both are the same elements of the same storage in the same order. */
        boolean sameAs(Tensor other) {
            return storage.equals(other.storage) && layout.sameAs(other.layout);
        }
    }

    /** The Python names that a pickle of tensors needs. They are labels; nothing is behind them. */
    enum Global implements Value {
        ORDERED_DICT("collections", "OrderedDict", null),
        REBUILD_TENSOR("torch._utils", "_rebuild_tensor_v2", null),
        REBUILD_PARAMETER("torch._utils", "_rebuild_parameter", null),
        DOUBLES("torch", "DoubleStorage", DType.F64),
        FLOATS("torch", "FloatStorage", DType.F32),
        HALVES("torch", "HalfStorage", DType.F16),
        BFLOATS("torch", "BFloat16Storage", DType.BF16),
        LONGS("torch", "LongStorage", DType.I64),
        INTS("torch", "IntStorage", DType.I32),
        SHORTS("torch", "ShortStorage", DType.I16),
        CHARS("torch", "CharStorage", DType.I8),
        BYTES("torch", "ByteStorage", DType.U8),
        BOOLS("torch", "BoolStorage", DType.BOOL);

        private final String module;
        private final String name;
        private final DType dtype;

        Global(String module, String name, DType dtype) {
            this.module = module;
            this.name = name;
            this.dtype = dtype;
        }

        /** The one of that name, or null. */
        static Global named(String module, String name) {
            return Stream.of(values())
                    .filter(global -> global.module.equals(module) && global.name.equals(name))
                    .findFirst()
                    .orElse(null);
        }

        /** The type of the elements where this is a storage class, otherwise null. */
        DType dtype() {
            return dtype;
        }

        @Override
        public String what() {
            return module + " " + name;
        }
    }
}
