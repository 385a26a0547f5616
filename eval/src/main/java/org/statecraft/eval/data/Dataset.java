package org.statecraft.eval.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.statecraft.model.InputException;
import org.statecraft.model.NearestNames;
import org.statecraft.model.records.DataRecord;
import org.statecraft.model.records.Mistakes;

/**
 * Reads data files into rows, by the name of a loader: what a task file has under {@code dataset_path}. Files may be packed
 * ({@code .gz}). A record that cannot be used is an error: a score over what is left would be one of other documents.
 */
public final class Dataset {
    private Dataset() {}

    /** The names of all loaders; any other {@code dataset_path} is the name of a data set on the hub. */
    public static SortedSet<String> loaders() {
        return new TreeSet<>(Loaders.ALL.keySet());
    }

    /** Every file that is read: those that were named and those that belong beside them. */
    public static List<Path> files(String loader, List<Path> files) {
        Loader found = loader(loader);
        return files.stream()
                .flatMap(file -> found.files().apply(file).stream())
                .toList();
    }

    /**
     * Reads the rows of one split, file after file, their fields in the order of the hub's.
     *
     * @param kwargs {@code dataset_kwargs} of the task file; {@code data_files} and {@code trust_remote_code} say nothing here
     * @throws InputException when a file cannot be read or a record cannot be used; the message has the place of each
     */
    public static List<ObjectNode> rows(String loader, Map<String, Object> kwargs, List<Path> files) {
        return records(loader, kwargs, files).stream().map(DataRecord::fields).toList();
    }

    /** As {@link #rows}, each row with its file and line. */
    public static List<DataRecord> records(String loader, Map<String, Object> kwargs, List<Path> files) {
        Loader found = loader(loader);
        Options options = Options.of(loader, kwargs, found.options());
        Mistakes mistakes = new Mistakes();
        List<DataRecord> rows = new ArrayList<>();
        for (Path file : files) {
            rows.addAll(found.reader().read(file, options, rows.size(), mistakes));
        }
        if (!mistakes.isEmpty()) {
            throw new InputException(mistakes.summary() + ":\n  " + String.join("\n  ", mistakes.messages())
                    + "\nCorrect the data, or choose another loader than '" + loader + "'");
        }
        return rows;
    }

    private static Loader loader(String name) {
        Loader loader = Loaders.ALL.get(name);
        if (loader == null) {
            List<String> nearest = NearestNames.to(name, Loaders.ALL.keySet());
            throw new InputException("dataset_path: no loader '" + name + "'; expected one of "
                    + String.join(", ", loaders())
                    + (nearest.isEmpty() ? "" : "; did you mean '" + nearest.get(0) + "'?"));
        }
        return loader;
    }
}
