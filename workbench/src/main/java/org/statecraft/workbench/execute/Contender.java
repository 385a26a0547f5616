package org.statecraft.workbench.execute;

import java.util.List;
import org.statecraft.model.LanguageModel;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.workbench.methods.BudgetFit;
import org.statecraft.workbench.recipe.CompareMethodsStep;
import org.statecraft.workbench.recipe.MethodEntry;
import org.statecraft.workbench.recipe.MethodSpec;
import org.statecraft.workbench.recipe.Sizes;

/**
 * A method of a comparison at the size that it is compared at.
 *
 * @param trained values
 * @param equalBudget whether these are about as many as the reference trains
 */
record Contender(String name, MethodSpec method, List<Double> learningRates, long trained, boolean equalBudget) {
    /** The key of a method whose size is the budget itself. */
    private static final String BYTES = "budget-bytes";

    /** All methods of a step, the reference first. */
    static List<Contender> of(CompareMethodsStep step, LanguageModel model, MethodFactory factory) {
        MethodEntry reference = step.methods().stream()
                .filter(entry -> entry.name().equals(step.reference()))
                .findFirst()
                .orElseThrow();
        long budget = count(reference.method(), model, factory);
        return step.methods().stream()
                .sorted((a, b) -> Boolean.compare(b == reference, a == reference))
                .map(entry -> fitted(entry, budget, step.tolerance(), model, factory))
                .toList();
    }

    private static Contender fitted(
            MethodEntry entry, long budget, double tolerance, LanguageModel model, MethodFactory factory) {
        MethodSpec method = entry.method();
        if (BYTES.equals(entry.fit())) {
            method = Sizes.with(method, BYTES, Math.toIntExact(Float.BYTES * budget));
        } else if (entry.fit() != null) {
            int size = BudgetFit.nearest(
                    budget, tried -> count(Sizes.with(entry.method(), entry.fit(), tried), model, factory));
            method = Sizes.with(method, entry.fit(), size);
        }
        long trained = count(method, model, factory);
        boolean equal = Math.abs(trained - budget) <= tolerance * budget;
        return new Contender(entry.name(), method, entry.learningRates(), trained, equal);
    }

    private static long count(MethodSpec method, LanguageModel model, MethodFactory factory) {
        try (TunableAdapter adapter = factory.selectingAnything(method, model).create(method, model)) {
            return adapter.parameterCount();
        }
    }
}
