package org.statecraft.eval.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;

/** Reads the rows of a file format whose library is not part of this module. Found by {@link java.util.ServiceLoader}. */
public interface RowReader {
    /** The loader's name in task files. */
    String format();

    /**
     * Reads all rows of a file, nested values as lists and objects.
     *
     * @throws org.statecraft.model.InputException when the file cannot be read; the message names it
     */
    List<ObjectNode> read(Path file);
}
