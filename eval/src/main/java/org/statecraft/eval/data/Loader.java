package org.statecraft.eval.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.statecraft.model.records.DataRecord;
import org.statecraft.model.records.Mistakes;

/**
 * How the files of one kind become rows.
 *
 * @param options the keys that {@code dataset_kwargs} may have
 * @param files a file and what is read beside it
 */
record Loader(Set<String> options, Function<Path, List<Path>> files, Reader reader) {

    /** Reads one file. */
    interface Reader {
        /**
         * Reads the rows of {@code file}.
         *
         * @param before number of rows of the files before it, for fields that number them
         * @param mistakes hears of records that cannot be used
         */
        List<DataRecord> read(Path file, Options options, int before, Mistakes mistakes);
    }

    static Loader of(Reader reader, String... options) {
        return new Loader(Set.of(options), List::of, reader);
    }

    Loader with(Function<Path, List<Path>> beside) {
        return new Loader(options, beside, reader);
    }
}
