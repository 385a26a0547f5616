package org.statecraft.eval.tasks;

import java.util.ArrayList;
import java.util.List;
import org.statecraft.eval.python.PythonRandom;

/**
 * Draws the examples before each question as the harness does ({@code methods/evaluation.md}, 2): one generator for a task, used up
 * in the order of the documents.
 */
final class FewShotSampler {
    private static final int SEED = 1234;

    private final List<Row> pool;
    private final int count;
    private final boolean firstOnes;
    private final boolean dropsItself;
    private final PythonRandom random = new PythonRandom(SEED);

    private FewShotSampler(List<Row> pool, int count, boolean firstOnes, boolean dropsItself) {
        this.pool = pool;
        this.count = count;
        this.firstOnes = firstOnes;
        this.dropsItself = dropsItself;
    }

    static FewShotSampler none() {
        return new FewShotSampler(List.of(), 0, true, false);
    }

    /** Examples of a task from the documents of its split for them. */
    static FewShotSampler of(TaskConfig config, List<Row> pool) {
        return new FewShotSampler(
                pool,
                config.fewShot().count(),
                config.fewShot().firstOnes(),
                config.splits().examplesAreScored());
    }

    /** The examples before a document. */
    List<Row> draw(Row document) {
        if (count == 0) {
            return List.of();
        }
        int wanted = Math.min(pool.size(), dropsItself ? count + 1 : count);
        List<Row> drawn = new ArrayList<>();
        if (firstOnes) {
            drawn.addAll(pool.subList(0, wanted));
        } else {
            for (int place : random.sample(pool.size(), wanted)) {
                drawn.add(pool.get(place));
            }
        }
        if (dropsItself) {
            drawn.removeIf(row -> row.fields().equals(document.fields()));
        }
        return drawn.subList(0, Math.min(count, drawn.size()));
    }
}
