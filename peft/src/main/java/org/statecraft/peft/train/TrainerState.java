package org.statecraft.peft.train;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * {@code trainer.json} of a checkpoint: everything about a training that is not a tensor.
 *
 * @param settings what must be the same when the training goes on, by recipe-like paths
 */
record TrainerState(int format, int step, Cursor cursor, History history, Map<String, String> settings) {
    static final int FORMAT = 1;

    TrainerState(int step, Cursor cursor, History history, Map<String, String> settings) {
        this(FORMAT, step, cursor, history.copy(), new TreeMap<>(settings));
    }

    /** A line for each setting that differs. */
    List<String> differences(Map<String, String> now) {
        Map<String, String> all = new TreeMap<>(settings);
        all.putAll(now);
        return all.keySet().stream()
                .filter(key -> !Objects.equals(settings.get(key), now.get(key)))
                .map(key -> key + " was " + settings.get(key) + ", is " + now.get(key))
                .toList();
    }
}
