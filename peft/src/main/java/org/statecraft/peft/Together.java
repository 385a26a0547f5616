package org.statecraft.peft;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.statecraft.model.Front;
import org.statecraft.model.InputException;
import org.statecraft.model.Weight;

/** Several methods trained at once. Each must have been made for the model with those before it, as they act in this order. */
public final class Together implements TunableAdapter {
    /** {@code peft_type} of stored ones, whose parts lie in folders of their own. */
    public static final String TYPE = "TOGETHER";

    private final List<TunableAdapter> parts;

    /**
     * Takes over the parts.
     *
     * @throws InputException when two of them train a tensor of the same name, or both claim the start of sequences
     */
    public Together(List<TunableAdapter> parts) {
        this.parts = List.copyOf(parts);
        Map<String, String> owners = new HashMap<>();
        for (TunableAdapter part : parts) {
            for (String key : part.parameters().keySet()) {
                String other = owners.put(key, part.type());
                if (other != null) {
                    throw new InputException("the methods " + other + " and " + part.type() + " both train " + key
                            + "; let them differ in targets or layers");
                }
            }
        }
        try (NDManager scope =
                parameters().values().iterator().next().getManager().newSubManager()) {
            for (int layer : layers()) {
                single(part -> part.start(layer, scope), "set the start of sequences in layer " + layer);
            }
        }
        single(TunableAdapter::promptRows, "put rows before layer 0");
    }

    /** Refuses a question that several parts answer. */
    private <T> void single(Function<TunableAdapter, T> question, String what) {
        List<TunableAdapter> answering =
                parts.stream().filter(part -> question.apply(part) != null).toList();
        if (answering.size() > 1) {
            throw new InputException("the methods " + answering.get(0).type() + " and "
                    + answering.get(1).type() + " both " + what + "; use one of them");
        }
    }

    public List<TunableAdapter> parts() {
        return parts;
    }

    @Override
    public Weight weight(String name, Weight weight) {
        Weight changed = weight;
        for (TunableAdapter part : parts) {
            changed = part.weight(name, changed);
        }
        return changed;
    }

    @Override
    public Weight tiedHead(Weight head) {
        Weight changed = head;
        for (TunableAdapter part : parts) {
            changed = part.tiedHead(changed);
        }
        return changed;
    }

    @Override
    public Start start(int layer, NDManager scope) {
        return parts.stream()
                .map(part -> part.start(layer, scope))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    @Override
    public UnaryOperator<Front> beforeScan(int layer) {
        return parts.stream()
                .map(part -> part.beforeScan(layer))
                .filter(Objects::nonNull)
                .reduce((first, second) -> front -> second.apply(first.apply(front)))
                .orElse(null);
    }

    @Override
    public ReadOut readOut(int layer) {
        return parts.stream()
                .map(part -> part.readOut(layer))
                .filter(Objects::nonNull)
                .reduce((first, second) -> (y, front, own) -> second.apply(first.apply(y, front, own), front, own))
                .orElse(null);
    }

    @Override
    public NDArray promptRows() {
        return parts.stream()
                .map(TunableAdapter::promptRows)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("parts", parts.stream().map(TunableAdapter::type).toList());
    }

    @Override
    public Map<String, NDArray> parameters() {
        return union(TunableAdapter::parameters);
    }

    @Override
    public Map<String, NDArray> stored() {
        return union(TunableAdapter::stored);
    }

    @Override
    public Map<String, List<Axis>> axes() {
        return union(TunableAdapter::axes);
    }

    @Override
    public Map<String, List<Integer>> covered() {
        return union(TunableAdapter::covered);
    }

    private <T> Map<String, T> union(Function<TunableAdapter, Map<String, T>> of) {
        Map<String, T> all = new LinkedHashMap<>();
        parts.forEach(part -> all.putAll(of.apply(part)));
        return all;
    }

    @Override
    public List<Integer> layers() {
        TreeSet<Integer> layers = new TreeSet<>();
        parts.forEach(part -> layers.addAll(part.layers()));
        return List.copyOf(layers);
    }

    @Override
    public Set<String> movedFirst() {
        return parts.stream().flatMap(part -> part.movedFirst().stream()).collect(Collectors.toSet());
    }

    @Override
    public Set<String> undecayed() {
        return parts.stream().flatMap(part -> part.undecayed().stream()).collect(Collectors.toSet());
    }

    @Override
    public long addedCount() {
        return parts.stream().mapToLong(TunableAdapter::addedCount).sum();
    }

    @Override
    public boolean untrained() {
        return parts.stream().allMatch(TunableAdapter::untrained);
    }

    @Override
    public boolean startsFromTheModel() {
        return parts.stream().allMatch(TunableAdapter::startsFromTheModel);
    }

    @Override
    public String whyNotMerged() {
        return parts.stream()
                .filter(part -> part.whyNotMerged() != null)
                .map(part -> part.type() + ": " + part.whyNotMerged())
                .findFirst()
                .orElse(null);
    }

    @Override
    public String whyNotCompiled() {
        return parts.stream()
                .filter(part -> part.whyNotCompiled() != null)
                .map(part -> part.type() + ": " + part.whyNotCompiled())
                .findFirst()
                .orElse(null);
    }

    @Override
    public String remark() {
        List<String> remarks = parts.stream()
                .map(TunableAdapter::remark)
                .filter(Objects::nonNull)
                .toList();
        return remarks.isEmpty() ? null : String.join("; ", remarks);
    }

    @Override
    public void close() {
        parts.forEach(TunableAdapter::close);
    }
}
