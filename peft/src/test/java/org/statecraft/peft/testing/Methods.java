package org.statecraft.peft.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.statecraft.model.Kernels;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.stateoffset.StateOffset;
import org.statecraft.peft.stateoffset.StateOffsetConfig;
import org.statecraft.peft.stateoffset.StateOffsetConfig.Form;

/** Every method, for the laws that hold over all of them: a new one adds its lines. */
public final class Methods {
    private static final List<Method> ALL = List.of(
            new Method("state-offset full", (m, s) -> StateOffset.create(m, StateOffsetConfig.of(Form.FULL), s)),
            new Method("state-offset low-rank", (m, s) -> StateOffset.create(m, StateOffsetConfig.lowRank(3), s)),
            new Method("state-offset output", (m, s) -> StateOffset.create(m, StateOffsetConfig.of(Form.OUTPUT), s)),
            new Method(
                            "state-offset head-shared",
                            (m, s) -> StateOffset.create(m, StateOffsetConfig.of(Form.HEAD_SHARED), s))
                    .onMamba2Only());

    private Methods() {}

    /**
     * How an untrained adapter of a method is made.
     *
     * @param models where it is defined: the beginning of the names of such fixtures
     * @param differentiable false where the gradient is by definition not that of the loss: DoRA holds its norm constant
     */
    public record Method(
            String name,
            BiFunction<LanguageModel, Long, TunableAdapter> create,
            String models,
            boolean differentiable) {
        Method(String name, BiFunction<LanguageModel, Long, TunableAdapter> create) {
            this(name, create, "mamba", true);
        }

        Method onMamba2Only() {
            return new Method(name, create, "mamba2", differentiable);
        }

        Method onMamba1Only() {
            return new Method(name, create, "mamba1", differentiable);
        }

        Method withDetachedNorm() {
            return new Method(name, create, models, false);
        }
    }

    /** A method on a model of the fixtures, run by a kernel. */
    public record Case(Method method, String model, Kernels kernel) {
        public ModelCase open() {
            return ModelCase.open(model, kernel.make());
        }

        public TunableAdapter create(ModelCase base, long seed) {
            return method.create().apply(base.model(), seed);
        }

        @Override
        public String toString() {
            return method.name() + " on " + model + ", " + kernel;
        }
    }

    /** Every method on one model of each kind, with both kernels. */
    public static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Method method : ALL) {
            for (String model : List.of("mamba1-tiny", "mamba2-tiny-g1", "mamba2-tiny-g2")) {
                if (model.startsWith(method.models())) {
                    cases.add(new Case(method, model, Kernels.REFERENCE));
                    cases.add(new Case(method, model, Kernels.FUSED));
                }
            }
        }
        return cases;
    }
}
