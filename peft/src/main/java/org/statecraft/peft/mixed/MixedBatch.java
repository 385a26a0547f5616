package org.statecraft.peft.mixed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.model.Adapter;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.TokenBatch;

/**
 * Runs rows that each name an adapter: those that can share a pass go together, the others once for each adapter.
 */
public final class MixedBatch {
    private final LanguageModel model;

    /**
     * Over a model without the adapters of the rows.
     *
     * @param model it may have others, which act on all rows
     */
    public MixedBatch(LanguageModel model) {
        this.model = model;
    }

    /**
     * A row of tokens.
     *
     * @param adapter null for the bare model
     */
    public record Request(int[] tokens, Adapter adapter) {}

    /**
     * Rows that go through the model together.
     *
     * @param rows places among the requests
     * @param shared whether they have different adapters
     */
    public record Pass(List<Integer> rows, boolean shared) {}

    /** Which rows share a pass: all that can, then those of each other adapter. */
    public List<Pass> plan(List<Request> requests) {
        Map<Adapter, String> reasons = new HashMap<>();
        List<Integer> together = new ArrayList<>();
        Map<Adapter, List<Integer>> apart = new LinkedHashMap<>();
        for (int i = 0; i < requests.size(); i++) {
            Adapter adapter = requests.get(i).adapter();
            String reason = adapter == null
                    ? null
                    : reasons.computeIfAbsent(adapter, one -> {
                        String why = RowAdapters.whyNot(model, one);
                        return why == null ? "" : why;
                    });
            if (reason == null || reason.isEmpty()) {
                together.add(i);
            } else {
                apart.computeIfAbsent(adapter, one -> new ArrayList<>()).add(i);
            }
        }
        List<Pass> passes = new ArrayList<>();
        if (!together.isEmpty()) {
            passes.add(new Pass(together, true));
        }
        apart.values().forEach(rows -> passes.add(new Pass(rows, false)));
        return passes;
    }

    /**
     * Logits after the last token of each row.
     *
     * @param scope owner of the results
     * @return in the order of the requests, {@code [vocabulary]} each
     */
    public List<NDArray> lastLogits(NDManager scope, List<Request> requests) {
        NDArray[] logits = new NDArray[requests.size()];
        for (Pass pass : plan(requests)) {
            List<Request> rows = pass.rows().stream().map(requests::get).toList();
            if (pass.shared()) {
                List<Adapter> adapters = new ArrayList<>();
                rows.forEach(row -> adapters.add(row.adapter()));
                try (RowAdapters own = RowAdapters.of(model, adapters)) {
                    run(scope, model.with(own), rows, pass, logits);
                }
            } else {
                run(scope, model.with(rows.get(0).adapter()), rows, pass, logits);
            }
        }
        return Arrays.asList(logits);
    }

    private static void run(NDManager owner, LanguageModel adapted, List<Request> rows, Pass pass, NDArray[] into) {
        try (NDManager scope = owner.newSubManager()) {
            TokenBatch batch =
                    TokenBatch.padded(scope, rows.stream().map(Request::tokens).toList());
            NDArray logits =
                    adapted.logits(adapted.prefill(batch, null).hidden().squeeze(1));
            for (int i = 0; i < rows.size(); i++) {
                NDArray row = logits.get(i).duplicate();
                row.attach(owner);
                into[pass.rows().get(i)] = row;
            }
        }
    }
}
