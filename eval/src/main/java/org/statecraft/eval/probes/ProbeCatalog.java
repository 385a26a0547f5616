package org.statecraft.eval.probes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.statecraft.model.InputException;
import org.statecraft.model.NearestNames;

/** All token probes by their names. */
public final class ProbeCatalog {
    private static final Map<String, Function<ProbeOptions, TokenProbe>> PROBES = probes();

    private ProbeCatalog() {}

    private static Map<String, Function<ProbeOptions, TokenProbe>> probes() {
        Map<String, Function<ProbeOptions, TokenProbe>> all = new LinkedHashMap<>();
        all.put(MultiQueryRecall.NAME, MultiQueryRecall::of);
        return all;
    }

    public static List<String> names() {
        return List.copyOf(PROBES.keySet());
    }

    static TokenProbe make(String name, Map<String, String> written) {
        Function<ProbeOptions, TokenProbe> maker = PROBES.get(name);
        if (maker == null) {
            List<String> nearest = NearestNames.to(name, PROBES.keySet());
            String hint = nearest.isEmpty() ? "" : "; did you mean '" + nearest.get(0) + "'?";
            throw new InputException(
                    "there is no probe '" + name + "'; there are " + String.join(", ", names()) + hint);
        }
        ProbeOptions options = new ProbeOptions(name, written);
        TokenProbe probe = maker.apply(options);
        options.done();
        return probe;
    }
}
