package org.statecraft.workbench.recipe;

import java.util.List;
import java.util.stream.Collectors;
import org.statecraft.workbench.recipe.Schema.Named;

/**
 * Several methods trained at once.
 *
 * @param methods in the order in which they act
 */
@Named("together")
public record TogetherSpec(List<MethodSpec> methods) implements MethodSpec {
    public TogetherSpec {
        methods = List.copyOf(methods);
    }

    @Override
    public boolean mergeable() {
        return methods.stream().allMatch(MethodSpec::mergeable);
    }

    @Override
    public boolean trainsParameters() {
        return methods.stream().anyMatch(MethodSpec::trainsParameters);
    }

    @Override
    public String summary() {
        return methods.stream().map(MethodSpec::summary).collect(Collectors.joining(" + "));
    }
}
