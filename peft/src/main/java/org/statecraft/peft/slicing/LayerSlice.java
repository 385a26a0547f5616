package org.statecraft.peft.slicing;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.statecraft.model.InputException;
import org.statecraft.model.LayerShape;

/**
 * What a sliced layer keeps, by its old indices, ascending. Mamba-1 has one head, whose channels are those of the layer, and one
 * group.
 *
 * @param heads equally many of each group
 * @param channels of each kept head, equally many
 * @param states columns of the state for each group, equally many
 */
public record LayerSlice(List<Integer> heads, List<List<Integer>> channels, List<List<Integer>> states) {
    public LayerSlice {
        heads = List.copyOf(heads);
        channels = channels.stream().map(List::copyOf).toList();
        states = states.stream().map(List::copyOf).toList();
    }

    /** A layer that keeps everything. */
    public static LayerSlice all(LayerShape shape) {
        return of(shape, range(shape.heads()), range(shape.headDim()), range(shape.state()));
    }

    /** The same channels of each of these heads and the same columns of each group. */
    public static LayerSlice of(LayerShape shape, List<Integer> heads, List<Integer> channels, List<Integer> states) {
        return new LayerSlice(
                heads, Collections.nCopies(heads.size(), channels), Collections.nCopies((int) shape.groups(), states));
    }

    static List<Integer> range(long count) {
        return IntStream.range(0, (int) count).boxed().toList();
    }

    /** Throws where the layer does not have what is kept, or where what remains is no layer. */
    void check(LayerShape shape, int layer) {
        ascending(heads, shape.heads(), "heads", layer);
        channels.forEach(own -> ascending(own, shape.headDim(), "channels of a head", layer));
        states.forEach(own -> ascending(own, shape.state(), "columns of the state", layer));
        long perGroup = shape.heads() / shape.groups();
        for (long group = 0; group < shape.groups(); group++) {
            long g = group;
            require(
                    heads.stream().filter(head -> head / perGroup == g).count() * shape.groups() == heads.size(),
                    "other numbers of heads in some groups: " + heads,
                    layer);
        }
        require(
                channels.size() == heads.size(),
                channels.size() + " lists of channels for " + heads.size() + " heads",
                layer);
        require(
                states.size() == shape.groups(),
                states.size() + " lists of columns for " + shape.groups() + " groups",
                layer);
        require(channels.stream().mapToInt(List::size).distinct().count() == 1, "heads of unequal width", layer);
        require(
                states.stream().mapToInt(List::size).distinct().count() == 1,
                "groups with states of unequal width",
                layer);
    }

    private static void ascending(List<Integer> kept, long count, String what, int layer) {
        boolean sound = !kept.isEmpty()
                && kept.get(0) >= 0
                && kept.get(kept.size() - 1) < count
                && IntStream.range(1, kept.size()).allMatch(i -> kept.get(i - 1) < kept.get(i));
        require(
                sound,
                "the " + what + " " + kept + ", where there are " + count + " and the order is ascending",
                layer);
    }

    private static void require(boolean sound, String found, int layer) {
        if (!sound) {
            throw new InputException("the slice of layer " + layer + " keeps " + found
                    + "; expected equally many of each, by ascending index");
        }
    }
}
