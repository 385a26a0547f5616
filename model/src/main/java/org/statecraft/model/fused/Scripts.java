package org.statecraft.model.fused;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.statecraft.model.Front;
import org.statecraft.model.Scan;
import org.statecraft.model.Weight;
import org.statecraft.model.script.ScriptModule;

/** What the calls of both scripts need. */
final class Scripts {
    private Scripts() {}

    /** True lengths of the rows as the scripts take them, {@code [batch]} int64; null when no row is padded. */
    static NDArray lengths(NDManager scope, int[] lengths) {
        return lengths == null
                ? null
                : scope.create(Arrays.stream(lengths).asLongStream().toArray());
    }

    /** Null for a parameter that the layer does not have. */
    static NDArray tensor(Weight weight, NDManager scope) {
        return weight == null ? null : weight.tensor(scope);
    }

    /**
     * Calls {@code scan} or {@code step}, whose arguments are the same for both architectures.
     *
     * @param more what follows the state: the chunk length of {@code scan}
     */
    static Scan scan(
            ScriptModule script, String method, Front front, Weight ALog, Weight D, NDArray state, Object... more) {
        NDManager scope = front.x().getManager();
        List<Object> arguments = new ArrayList<>(Arrays.asList(
                front.x(), front.B(), front.C(), front.delta(), tensor(ALog, scope), tensor(D, scope), state));
        arguments.addAll(Arrays.asList(more));
        NDArray[] scan = script.call(scope, method, arguments.toArray());
        return new Scan(scan[0], scan[1]);
    }

    /** {@code y + bias}; the bias may be null. */
    static NDArray biased(NDArray y, Weight bias) {
        return bias == null ? y : y.add(bias.value(y.getManager()));
    }
}
