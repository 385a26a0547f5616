package org.statecraft.model.pickle;

import java.util.List;
import org.statecraft.model.pickle.PickleException.Kind;
import org.statecraft.model.safetensors.DType;

/** What the functions that a pickle of tensors calls do here: storages and tensors out of their arguments. */
final class Rebuild {
    private static final long TENSOR_COST = 1024;

    private final Region in;
    private final Archive archive;
    private final MemoryBudget budget;

    Rebuild(Region in, Archive archive, MemoryBudget budget) {
        this.in = in;
        this.archive = archive;
        this.budget = budget;
    }

    /** The value of a call. */
    Value call(Value function, Value arguments) {
        if (function instanceof Value.Global global && arguments instanceof Value.Tuple tuple) {
            List<Value> given = tuple.items();
            switch (global) {
                case ORDERED_DICT -> {
                    if (given.isEmpty()) {
                        return new Value.Dict();
                    }
                }
                case REBUILD_TENSOR -> {
                    if (given.size() == 6 || given.size() == 7) {
                        return tensor(given);
                    }
                }
                case REBUILD_PARAMETER -> {
                    if (given.size() == 3 && given.get(0) instanceof Value.Tensor tensor) {
                        return tensor;
                    }
                }
                default -> {}
            }
        }
        throw in.fail(
                Kind.STRUCTURE,
                "a call of " + function.what() + " with " + arguments.what(),
                "a known function with its arguments");
    }

    /** {@code _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks, metadata=None)}. */
    private Value.Tensor tensor(List<Value> given) {
        if (given.get(0) instanceof Value.Storage storage
                && given.get(1) instanceof Value.Whole offset
                && given.get(2) instanceof Value.Tuple sizes
                && given.get(3) instanceof Value.Tuple strides) {
            Layout layout = Layout.of(in, offset.value(), numbers(sizes), numbers(strides), storage.elements());
            return new Value.Tensor(storage, layout);
        }
        throw in.fail(
                Kind.STRUCTURE,
                "a tensor out of " + given.get(0).what() + ", " + given.get(1).what() + ", "
                        + given.get(2).what() + ", " + given.get(3).what(),
                "a storage, a number and two tuples of numbers");
    }

    private long[] numbers(Value.Tuple tuple) {
        budget.charge(TENSOR_COST + 128L * tuple.items().size());
        long[] numbers = new long[tuple.items().size()];
        for (int i = 0; i < numbers.length; i++) {
            if (!(tuple.items().get(i) instanceof Value.Whole number)) {
                throw in.fail(
                        Kind.STRUCTURE, "a shape with " + tuple.items().get(i).what(), "numbers");
            }
            numbers[i] = number.value();
        }
        return numbers;
    }

    /** {@code ("storage", class, key, location, elements)}; where it was on a GPU does not matter. */
    Value.Storage storage(Value id) {
        budget.charge(TENSOR_COST);
        if (id instanceof Value.Tuple tuple
                && tuple.items().size() == 5
                && tuple.items().get(0) instanceof Value.Text kind
                && kind.value().equals("storage")
                && tuple.items().get(1) instanceof Value.Global type
                && type.dtype() != null
                && tuple.items().get(2) instanceof Value.Text key
                && tuple.items().get(4) instanceof Value.Whole elements) {
            return storage(type.dtype(), key.value(), elements.value());
        }
        throw in.fail(
                Kind.STRUCTURE,
                "a reference out of " + id.what(),
                "(\"storage\", storage class, key, location, number of elements)");
    }

    private Value.Storage storage(DType dtype, String key, long elements) {
        Archive.Entry entry = archive.storage(key);
        if (entry == null) {
            throw in.fail(Kind.ENTRY_MISSING, "no entry for storage " + PickleException.quote(key), "one");
        }
        if (elements < 0 || elements > Long.MAX_VALUE / dtype.bytes() || elements * dtype.bytes() != entry.size()) {
            throw in.fail(
                    Kind.STORAGE,
                    "storage " + PickleException.quote(key) + " with " + elements + " elements of " + dtype,
                    "the " + entry.size() + " bytes of its entry");
        }
        return new Value.Storage(entry, dtype, elements);
    }
}
