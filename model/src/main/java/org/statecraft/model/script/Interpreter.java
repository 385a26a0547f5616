package org.statecraft.model.script;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;

/**
 * The one native call of DJL's PyTorch engine that runs a method of a TorchScript module with any arguments <em>and</em> lets
 * autograd work.
 *
 * <p>The public {@code IValueUtils.runMethod} always enters inference mode, whose results no backward pass may read; the public
 * {@code PtSymbolBlock.forward} does not, but takes tensors only, regroups them by their names and attaches the results to the
 * manager of the first of them. So this class reaches for the package-private native method; DJL's version is pinned in the
 * parent {@code pom.xml}.
 */
final class Interpreter {
    /** Python's None; serves all calls, nobody closes it. */
    static final IValue NONE;

    private static final MethodHandle RUN;
    private static final MethodHandle NEW_VALUE;

    static {
        // loads the native library
        Engine.getInstance();
        try {
            Class<?> library = Class.forName("ai.djl.pytorch.jni.PyTorchLibrary");
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(library, MethodHandles.lookup());
            MethodType run = MethodType.methodType(
                    long.class, long.class, String.class, long[].class, boolean.class, boolean.class);
            Object instance = lookup.findStaticGetter(library, "LIB", library).invoke();
            RUN = lookup.findVirtual(library, "moduleRunMethod", run).bindTo(instance);
            NEW_VALUE = lookup.findConstructor(IValue.class, MethodType.methodType(void.class, long.class));
        } catch (Throwable e) {
            throw new ExceptionInInitializerError(e);
        }
        String script = "class Nothing(Module):\n  def none(self) -> Optional[Tensor]:\n    return None\n";
        try (NDManager scope = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            NONE = run(load(scope, ScriptArchive.of("nothing", script)), "none", List.of());
        }
    }

    private Interpreter() {}

    /** Reads an archive; the module lives as long as the scope. */
    static PtSymbolBlock load(NDManager scope, byte[] archive) {
        boolean mapLocation = true;
        boolean sizeComesFirst = false;
        try {
            return JniUtils.loadModule(
                    (PtNDManager) scope, new ByteArrayInputStream(archive), mapLocation, sizeComesFirst);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a method; gradients are recorded as the thread's gradient mode says. The caller closes arguments and result. */
    static IValue run(PtSymbolBlock module, String method, List<IValue> arguments) {
        // A setting of the thread. The optimiser gains nothing on a layer of the 130m shape, makes the second and
        // third call with gradients several times slower, and bakes the gradient mode of early calls into its plan.
        JniUtils.setGraphExecutorOptimize(false);
        long[] handles = arguments.stream().mapToLong(IValue::getHandle).toArray();
        boolean autograd = true;
        boolean ownCudaStream = false;
        try {
            long result = (long) RUN.invokeExact((long) module.getHandle(), method, handles, autograd, ownCudaStream);
            return (IValue) NEW_VALUE.invokeExact(result);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
