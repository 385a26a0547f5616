package org.statecraft.peft.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The trained tensors seen as one vector, in their fixed order: an optimizer then needs a dozen native calls for an update,
 * and not a dozen for each tensor.
 */
final class ParameterVector {
    private final Map<String, NDArray> parameters;
    private final Set<String> undecayed;
    private final long size;

    ParameterVector(Map<String, NDArray> parameters) {
        this(parameters, Set.of());
    }

    /**
     * Tensors of which some are not to decay.
     *
     * @param undecayed names of those that {@link #decay} leaves alone
     */
    ParameterVector(Map<String, NDArray> parameters, Set<String> undecayed) {
        this.parameters = parameters;
        this.undecayed = undecayed;
        this.size = parameters.values().stream().mapToLong(NDArray::size).sum();
    }

    Map<String, NDArray> parameters() {
        return parameters;
    }

    long size() {
        return size;
    }

    /**
     * Switches the recording of gradients. It is on during training passes only: elsewhere, and on threads on which PyTorch
     * records by default, a forward pass would keep its whole graph.
     */
    void record(boolean on) {
        parameters.values().forEach(parameter -> parameter.setRequiresGradient(on));
    }

    /** Sets all gradients to 0; passes add to them. Only while recording. */
    void zeroGradients(NDManager scope) {
        NDArray zeros = scope.zeros(new Shape(size));
        long from = 0;
        for (NDArray parameter : parameters.values()) {
            NDArray gradient = flat(scope, parameter.getGradient());
            copy(zeros.get(new NDIndex().addSliceDim(from, from + parameter.size())), gradient);
            from += parameter.size();
        }
    }

    /** All gradients, {@code [size]}, attached to {@code scope}. Only while recording. */
    NDArray gradient(NDManager scope) {
        NDList parts = new NDList();
        parameters.values().forEach(parameter -> parts.add(flat(scope, parameter.getGradient())));
        return NDArrays.concat(parts);
    }

    /** The part of a vector that belongs to each parameter, {@code [parameter size]}, attached to the vector's manager. */
    Map<String, NDArray> parts(NDArray vector) {
        Map<String, NDArray> parts = new LinkedHashMap<>();
        long from = 0;
        for (Map.Entry<String, NDArray> parameter : parameters.entrySet()) {
            long to = from + parameter.getValue().size();
            parts.put(parameter.getKey(), vector.get(new NDIndex().addSliceDim(from, to)));
            from = to;
        }
        return parts;
    }

    /** {@code p ← p·factor}, but for those that do not decay. */
    void decay(double factor) {
        parameters.forEach((key, parameter) -> {
            if (!undecayed.contains(key)) {
                parameter.muli(factor);
            }
        });
    }

    /** {@code p ← p + delta}. */
    void add(NDArray delta) {
        parts(delta).forEach((key, part) -> {
            NDArray parameter = parameters.get(key);
            parameter.addi(part.reshape(parameter.getShape()));
        });
    }

    /** Copies that belong to {@code owner}. */
    Map<String, NDArray> copy(NDManager owner) {
        Map<String, NDArray> copies = new LinkedHashMap<>();
        parameters.forEach((key, parameter) -> {
            NDArray copy = parameter.duplicate();
            copy.attach(owner);
            copies.put(key, copy);
        });
        return copies;
    }

    /** Takes over values of the same names and shapes, bit by bit. */
    void set(Map<String, NDArray> values) {
        try (NDManager scope =
                parameters.values().iterator().next().getManager().newSubManager()) {
            parameters.forEach((key, parameter) -> {
                NDArray target = parameter.reshape(parameter.size());
                target.attach(scope);
                NDArray source = values.get(key).reshape(parameter.size());
                source.attach(scope);
                copy(source, target);
            });
        }
    }

    private static NDArray flat(NDManager scope, NDArray gradient) {
        gradient.attach(scope);
        return gradient.reshape(gradient.size());
    }

    private static void copy(NDArray source, NDArray target) {
        target.set(new NDIndex(":"), source);
    }
}
