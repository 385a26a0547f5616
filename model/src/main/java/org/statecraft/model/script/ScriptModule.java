package org.statecraft.model.script;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A script of this package, loaded into PyTorch. It has no state: one instance serves every model, thread and device.
 *
 * <p>Gradients are recorded as in any array operation, where an argument requires them and the thread's gradient mode is on: inside
 * of a gradient collector, and on any thread but the one that loaded the engine also outside of one. Results may take part in a later backward pass as constants. Tensors of types that DJL does not know, such as
 * bfloat16, may be returned, kept, attached, passed back and closed; never ask them for content, type or text in Java.
 *
 * <p>A TorchScript archive is code. Only the project's own resources are loaded: there is no way to name a file or pass bytes.
 */
public final class ScriptModule implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

    private final String name;
    private final NDManager scope;
    private final PtSymbolBlock module;

    private ScriptModule(String name, NDManager scope, PtSymbolBlock module) {
        this.name = name;
        this.scope = scope;
        this.module = module;
    }

    /**
     * Loads the script that stands as {@code NAME.py} beside this class.
     *
     * @param shared files there whose methods are pasted behind the script, as if they were its own
     * @throws EngineException if it does not compile; the message shows the line
     */
    public static ScriptModule load(String name, String... shared) {
        StringBuilder script = new StringBuilder(resource(name));
        for (String methods : shared) {
            script.append(resource(methods));
        }
        byte[] archive = ScriptArchive.of(name, script.toString());
        NDManager scope = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        try {
            return new ScriptModule(name, scope, Interpreter.load(scope, archive));
        } catch (EngineException e) {
            scope.close();
            throw new EngineException("script " + name + ".py: " + e.getMessage(), e);
        }
    }

    private static String resource(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("script name '" + name + "' is not like " + NAME);
        }
        try (InputStream in = ScriptModule.class.getResourceAsStream(name + ".py")) {
            if (in == null) {
                throw new FileNotFoundException("no script " + name + ".py beside " + ScriptModule.class.getName());
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Runs a method.
     *
     * @param owner manager that the results are attached to
     * @param arguments in the order of the method: an {@link NDArray}, a {@code List<NDArray>}, a whole number, a {@code float} or
     *     {@code double}, a {@code Boolean}, or null for {@code None}
     * @return the tensors of the result in order, with those inside tuples and lists; null where the script returns {@code None}
     * @throws EngineException if the script refuses an argument or fails; the message names the method and shows the line
     */
    public NDArray[] call(NDManager owner, String method, Object... arguments) {
        List<IValue> values = new ArrayList<>(arguments.length);
        try {
            for (Object argument : arguments) {
                values.add(value(argument));
            }
            try (IValue result = Interpreter.run(module, method, values)) {
                List<NDArray> tensors = new ArrayList<>();
                collect(result, owner, tensors);
                return tensors.toArray(NDArray[]::new);
            }
        } catch (EngineException e) {
            throw new EngineException(name + "." + method + ": " + e.getMessage(), e);
        } finally {
            values.stream().filter(value -> value != Interpreter.NONE).forEach(IValue::close);
        }
    }

    private static IValue value(Object argument) {
        if (argument == null) {
            return Interpreter.NONE;
        }
        if (argument instanceof PtNDArray array) {
            return IValue.from(array);
        }
        if (argument instanceof List<?> list) {
            return IValue.listFrom(list.toArray(PtNDArray[]::new));
        }
        if (argument instanceof Boolean flag) {
            return IValue.from((boolean) flag);
        }
        if (argument instanceof Integer || argument instanceof Long) {
            return IValue.from(((Number) argument).longValue());
        }
        if (argument instanceof Float || argument instanceof Double) {
            return IValue.from(((Number) argument).doubleValue());
        }
        throw new IllegalArgumentException("a script takes tensors, lists of tensors, numbers, flags and null, not "
                + argument.getClass().getName());
    }

    private static void collect(IValue value, NDManager owner, List<NDArray> tensors) {
        if (value.isTensor()) {
            tensors.add(value.toTensor((PtNDManager) owner));
        } else if (value.isTensorList()) {
            tensors.addAll(List.of(value.toTensorArray((PtNDManager) owner)));
        } else if (value.isTuple()) {
            for (IValue element : value.toIValueTuple()) {
                try (element) {
                    collect(element, owner, tensors);
                }
            }
        } else if (value.getType().equals("NoneType")) {
            tensors.add(null);
        } else {
            throw new IllegalStateException("a script returns tensors, not " + value.getType());
        }
    }

    /** Frees the module; not needed for one that serves as long as the program runs. */
    @Override
    public void close() {
        scope.close();
    }
}
