package org.statecraft.model.pickle;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.statecraft.model.pickle.PickleException.Kind;

/**
 * Which elements of a storage a tensor has: element {@code [i, j, ...]} lies at {@code offset + i·strides[0] + j·strides[1] + ...}.
 * A layout that exists is inside its storage and reaches no place twice, so a tensor is never larger than its storage.
 */
final class Layout {
    /** As many as PyTorch's own loops allow. */
    private static final int MAX_DIMENSIONS = 64;

    private final long offset;
    private final long[] sizes;
    private final long[] strides;
    private final long elements;
    /** Of the last element, counted from the first. */
    private final long reach;

    private Layout(long offset, long[] sizes, long[] strides, long elements, long reach) {
        this.offset = offset;
        this.sizes = sizes;
        this.strides = strides;
        this.elements = elements;
        this.reach = reach;
    }

    /** @param in says where a contradiction was found */
    static Layout of(Region in, long offset, long[] sizes, long[] strides, long storageElements) {
        if (sizes.length != strides.length || sizes.length > MAX_DIMENSIONS) {
            throw in.fail(
                    Kind.SHAPE,
                    sizes.length + " sizes and " + strides.length + " strides",
                    "equally many, at most " + MAX_DIMENSIONS);
        }
        try {
            long elements = 1;
            long reach = 0;
            for (int i = 0; i < sizes.length; i++) {
                if (sizes[i] < 0) {
                    throw in.fail(Kind.SHAPE, "the shape " + Arrays.toString(sizes), "no negative size");
                }
                elements = Math.multiplyExact(elements, sizes[i]);
                reach = Math.addExact(reach, Math.multiplyExact(Math.max(0, sizes[i] - 1), strides[i]));
            }
            Layout layout = new Layout(offset, sizes, strides, elements, elements == 0 ? 0 : reach);
            layout.requireInside(in, storageElements);
            layout.requireNoElementTwice(in);
            return layout;
        } catch (ArithmeticException e) {
            throw in.fail(
                    Kind.SHAPE,
                    "the shape " + Arrays.toString(sizes) + " with strides " + Arrays.toString(strides),
                    "fewer than 2^63 elements");
        }
    }

    private void requireInside(Region in, long storageElements) {
        boolean forwards = offset >= 0 && Arrays.stream(strides).allMatch(stride -> stride >= 0);
        long needed = elements == 0 ? 0 : 1;
        if (!forwards || offset > storageElements - needed || reach > storageElements - needed - offset) {
            throw in.fail(
                    Kind.LAYOUT,
                    "offset " + offset + ", shape " + Arrays.toString(sizes) + " and strides "
                            + Arrays.toString(strides),
                    "elements 0 to " + (storageElements - 1));
        }
    }

    /** From the smallest stride on, each must step over everything before it. */
    private void requireNoElementTwice(Region in) {
        long within = 0;
        for (int i : IntStream.range(0, sizes.length)
                .filter(i -> sizes[i] > 1)
                .boxed()
                .sorted(Comparator.comparingLong(i -> strides[i]))
                .toList()) {
            if (elements > 0 && strides[i] <= within) {
                throw in.fail(
                        Kind.LAYOUT,
                        "shape " + Arrays.toString(sizes) + " with strides " + Arrays.toString(strides)
                                + ", which reach an element twice",
                        "each element once");
            }
            within = within + (sizes[i] - 1) * strides[i];
        }
    }

    long elements() {
        return elements;
    }

    long offset() {
        return offset;
    }

    long[] sizes() {
        return sizes.clone();
    }

    /** How many elements of the storage lie between the first and the last, both included; 0 where there are none. */
    long span() {
        return elements == 0 ? 0 : reach + 1;
    }

    /** Whether the elements lie one behind the other, the last dimension fastest. Then there is no gap between them. */
    boolean isContiguous() {
        long expected = 1;
        for (int i = sizes.length - 1; i >= 0; i--) {
            if (sizes[i] > 1 && strides[i] != expected) {
                return elements == 0;
            }
            expected *= sizes[i];
        }
        return true;
    }

    boolean sameAs(Layout other) {
        return offset == other.offset && Arrays.equals(sizes, other.sizes) && Arrays.equals(strides, other.strides);
    }

    /** A walk over the elements, the last dimension fastest. */
    Walk walk() {
        return new Walk();
    }

    /** Says where one element after the other lies, counted from the first. */
    final class Walk {
        private final long[] index = new long[sizes.length];
        private long at;

        long next() {
            long current = at;
            for (int i = sizes.length - 1; i >= 0; i--) {
                at += strides[i];
                if (++index[i] < sizes[i]) {
                    break;
                }
                at -= strides[i] * sizes[i];
                index[i] = 0;
            }
            return current;
        }
    }
}
