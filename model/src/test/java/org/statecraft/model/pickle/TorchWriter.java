package org.statecraft.model.pickle;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small checkpoints in the form of {@code torch.save}. */
final class TorchWriter {
    /** A tensor over a storage of its own or a shared one. */
    record Tensor(String type, String key, long elements, long offset, long[] sizes, long[] strides) {}

    private final Map<String, byte[]> storages = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /** Bytes that differ from one another and between storages. */
    static byte[] content(String key, int bytes) {
        byte[] content = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            content[i] = (byte) (31 * key.hashCode() + 7 * i + 1);
        }
        return content;
    }

    TorchWriter storage(String key, int bytes) {
        storages.put(key, content(key, bytes));
        return this;
    }

    TorchWriter tensor(String name, Tensor tensor) {
        tensors.put(name, tensor);
        return this;
    }

    /** A contiguous tensor with a storage of its own. */
    TorchWriter tensor(String name, String type, int width, long... sizes) {
        long elements = 1;
        long[] strides = new long[sizes.length];
        for (int i = sizes.length - 1; i >= 0; i--) {
            strides[i] = elements;
            elements *= sizes[i];
        }
        String key = Integer.toString(storages.size());
        return storage(key, (int) elements * width).tensor(name, new Tensor(type, key, elements, 0, sizes, strides));
    }

    /** Every type, a scalar, an empty tensor, a transposed one, two rows of one storage and a tied head. */
    static TorchWriter everything() {
        TorchWriter file = new TorchWriter()
                .tensor("backbone.embedding.weight", "HalfStorage", 2, 5, 4)
                .tensor("f64", "DoubleStorage", 8, 3)
                .tensor("f32", "FloatStorage", 4, 2, 1, 3)
                .tensor("bf16", "BFloat16Storage", 2, 2, 2)
                .tensor("i64", "LongStorage", 8)
                .tensor("i32", "IntStorage", 4, 1)
                .tensor("i16", "ShortStorage", 2, 2)
                .tensor("i8", "CharStorage", 1, 3)
                .tensor("u8", "ByteStorage", 1, 3)
                .tensor("bool", "BoolStorage", 1, 2)
                .tensor("empty", "FloatStorage", 4, 2, 0, 3);
        return file.storage("views", 12 * 4)
                .tensor("transposed", new Tensor("FloatStorage", "views", 12, 0, new long[] {2, 3}, new long[] {1, 2}))
                .tensor("behind", new Tensor("FloatStorage", "views", 12, 7, new long[] {5}, new long[] {1}))
                .tensor("lm_head.weight", file.tensors.get("backbone.embedding.weight"));
    }

    /** The pickle, with {@code _metadata} as a module's {@code state_dict()} has it. */
    byte[] pickle() {
        PickleWriter pickle = PickleWriter.begun().orderedDict();
        items(pickle);
        return pickle.ops("}")
                .text("_metadata")
                .orderedDict()
                .ops("(")
                .text("")
                .ops("}")
                .text("version")
                .number(1)
                .ops("susb")
                .stop();
    }

    /** The same inside another dictionary. */
    byte[] pickleUnder(String key) {
        PickleWriter pickle =
                PickleWriter.begun().ops("}(").text("epoch").number(3).text(key).ops("}");
        items(pickle);
        return pickle.ops("u").stop();
    }

    private void items(PickleWriter pickle) {
        pickle.op('(');
        int memo = 0;
        for (Map.Entry<String, Tensor> item : tensors.entrySet()) {
            Tensor tensor = item.getValue();
            pickle.text(item.getKey())
                    .op('q')
                    .op(memo++)
                    .tensor(
                            tensor.type(),
                            tensor.key(),
                            tensor.elements(),
                            tensor.offset(),
                            tensor.sizes(),
                            tensor.strides());
        }
        pickle.op('u');
    }

    ZipWriter zip() {
        return zip(pickle());
    }

    /** The archive, around another pickle. */
    ZipWriter zip(byte[] pickle) {
        ZipWriter zip = new ZipWriter();
        zip.add("archive/data.pkl", pickle);
        zip.add("archive/byteorder", ascii("little"));
        storages.forEach((key, content) -> zip.add("archive/data/" + key, content));
        zip.add("archive/version", ascii("3\n"));
        zip.add("archive/.data/serialization_id", ascii("0123456789"));
        return zip;
    }

    List<String> names() {
        return new ArrayList<>(tensors.keySet());
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
