package org.statecraft.model;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.statecraft.model.fused.FusedKernel;
import org.statecraft.model.reference.ReferenceKernel;

/** The kernels that can be chosen, the preferred one first. */
public enum Kernels {
    /** The first of the others. */
    AUTO {
        @Override
        public Kernel make() {
            return named(names().get(0));
        }
    },
    /** Stages and layers as methods of scripts. */
    FUSED {
        @Override
        public Kernel make() {
            return new FusedKernel();
        }
    },
    /** Plain array code that reads like the equations. */
    REFERENCE {
        @Override
        public Kernel make() {
            return new ReferenceKernel();
        }
    };

    public abstract Kernel make();

    /**
     * The kernel of that name.
     *
     * @param name {@code auto} or one of {@link #names}
     */
    public static Kernel named(String name) {
        return Stream.of(values())
                .filter(choice -> choice.lowerCase().equals(name))
                .findFirst()
                .orElseThrow(() -> new InputException(
                        "kernel '" + name + "' is not known; expected auto or " + String.join(" or ", names())))
                .make();
    }

    /** Those that there are, in the order in which {@code auto} prefers them. */
    public static List<String> names() {
        return Stream.of(values())
                .filter(choice -> choice != AUTO)
                .map(Kernels::lowerCase)
                .toList();
    }

    private String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }
}
