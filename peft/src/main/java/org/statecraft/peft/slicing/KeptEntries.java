package org.statecraft.peft.slicing;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.statecraft.model.InputException;
import org.statecraft.model.LayerShape;
import org.statecraft.model.mamba1.Mamba1Shape;
import org.statecraft.peft.Axis;

/**
 * Which entries along each kind of axis remain in a sliced layer. What a wide axis keeps follows from heads, channels and columns:
 * {@code in_proj} has the rows z, x, B, C, dt in Mamba-2 and x, z in Mamba-1; the convolution x, B, C and x; {@code x_proj} dt, B, C.
 */
record KeptEntries(LayerShape shape, LayerSlice slice) {
    private static final int NO_HEAD = -1;

    /**
     * An entry that remains.
     *
     * @param index the old one
     * @param head that it belongs to, by its old index; it decides which channels and columns an axis further right keeps
     */
    record Entry(int index, int head) {}

    List<Entry> along(Axis axis, long size) {
        return along(axis, size, NO_HEAD);
    }

    /** The entries of an axis of that size, below an entry of that head. */
    List<Entry> along(Axis axis, long size, int head) {
        int inner = (int) shape.dInner();
        int columns = (int) (shape.groups() * shape.state());
        return switch (axis) {
            case HEADS -> heads(0);
            case HEAD_DIM -> plain(channels(head), head);
            case INNER -> inner(0);
            case STATE -> size == shape.state() ? plain(columns(head), head) : grouped(0);
            case CONV_CHANNELS -> isMamba1() ? inner(0) : joined(inner(0), grouped(inner), grouped(inner + columns));
            case PROJECTION ->
                isMamba1()
                        ? joined(inner(0), inner(inner))
                        : joined(
                                inner(0),
                                inner(inner),
                                grouped(2 * inner),
                                grouped(2 * inner + columns),
                                heads(2 * inner + 2 * columns));
            case SELECTION -> {
                int rank = (int) (size - 2 * shape.state());
                yield joined(plain(LayerSlice.range(rank), NO_HEAD), grouped(rank), grouped(rank + columns));
            }
            case MIXED -> {
                if (!slice.equals(LayerSlice.all(shape))) {
                    throw new InputException(
                            "the adapter has a tensor whose entries belong to several channels or columns at once (a reshaped "
                                    + "low rank, or entries chosen one by one), so it cannot follow a sliced model; "
                                    + "merge it first where that is possible, or train another form");
                }
                yield plain(LayerSlice.range(size), NO_HEAD);
            }
            case MODEL, VOCABULARY, OWN -> plain(LayerSlice.range(size), head);
        };
    }

    private boolean isMamba1() {
        return shape instanceof Mamba1Shape;
    }

    private List<Integer> channels(int head) {
        int at = slice.heads().indexOf(head);
        if (at < 0) {
            throw new IllegalStateException("an axis HEAD_DIM without an axis HEADS in front of it");
        }
        return slice.channels().get(at);
    }

    /** Those of the head's group; without a head all groups must agree. */
    private List<Integer> columns(int head) {
        List<List<Integer>> groups = slice.states();
        if (head != NO_HEAD) {
            return groups.get((int) (head / (shape.heads() / shape.groups())));
        }
        if (groups.stream().distinct().count() > 1) {
            throw new InputException(
                    "the slice keeps other columns of the state in each group, but a factor of the adapter is "
                            + "shared by all of them; keep the same columns in every group");
        }
        return groups.get(0);
    }

    private static List<Entry> plain(List<Integer> indices, int head) {
        return indices.stream().map(index -> new Entry(index, head)).toList();
    }

    private List<Entry> heads(int from) {
        return slice.heads().stream().map(head -> new Entry(from + head, head)).toList();
    }

    private List<Entry> inner(int from) {
        List<Entry> entries = new ArrayList<>();
        for (int head : slice.heads()) {
            channels(head).forEach(p -> entries.add(new Entry(from + (int) (head * shape.headDim()) + p, head)));
        }
        return entries;
    }

    /** B or C: the columns of all groups. */
    private List<Entry> grouped(int from) {
        return IntStream.range(0, slice.states().size())
                .boxed()
                .flatMap(group -> slice.states().get(group).stream()
                        .map(n -> new Entry(from + (int) (group * shape.state()) + n, NO_HEAD)))
                .toList();
    }

    @SafeVarargs
    private static List<Entry> joined(List<Entry>... parts) {
        List<Entry> all = new ArrayList<>();
        for (List<Entry> part : parts) {
            all.addAll(part);
        }
        return all;
    }
}
