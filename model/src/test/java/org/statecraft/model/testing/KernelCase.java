package org.statecraft.model.testing;

import java.util.List;
import org.statecraft.model.Kernel;
import org.statecraft.model.fused.FusedKernel;
import org.statecraft.model.reference.ReferenceKernel;

/** A kernel and a folder of {@code fixtures/models}: what one suite runs over. */
public record KernelCase(String kernel, String model) {
    private static final List<String> NAMES = List.of("reference", "fused");

    /** Every kernel, for tests that write their own models; see {@link #kernel}. */
    public static List<Kernel> kernels(int chunk) {
        return NAMES.stream()
                .map(name -> new KernelCase(name, "").kernel(chunk))
                .toList();
    }

    /** Every kernel with every case. */
    public static List<KernelCase> all() {
        return with(ModelCase.names());
    }

    /** Every kernel with the cases that have all goldens. */
    public static List<KernelCase> full() {
        return with(ModelCase.fullNames());
    }

    /** Every kernel with the Mamba-2 cases that have all goldens. */
    public static List<KernelCase> mamba2() {
        return with(ModelCase.mamba2Names());
    }

    private static List<KernelCase> with(List<String> models) {
        return NAMES.stream()
                .flatMap(kernel -> models.stream().map(model -> new KernelCase(kernel, model)))
                .toList();
    }

    public ModelCase open() {
        return ModelCase.open(model, kernel(64));
    }

    /** The kernel with another length of the pieces into which it cuts a sequence. */
    public Kernel kernel(int chunk) {
        return kernel.equals("fused") ? new FusedKernel(chunk) : new ReferenceKernel(chunk);
    }

    @Override
    public String toString() {
        return kernel + ", " + model;
    }
}
