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
        all.put(SelectiveCopying.NAME, SelectiveCopying::of);
        Copying.KINDS.forEach(kind -> all.put(kind, options -> Copying.of(kind)));
        all.put(InductionHeads.NAME, InductionHeads::of);
        all.put(AssociativeRecall.NAME, AssociativeRecall::of);
        WordProblem.NAMES.forEach(group -> all.put(WordProblem.nameOf(group), options -> WordProblem.of(group)));
        Languages.all().forEach((name, language) -> all.put(name, options -> language));
        all.put(BoundedDyck.NAME, BoundedDyck::of);
        all.put(FlipFlop.NAME, options -> new FlipFlop());
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
