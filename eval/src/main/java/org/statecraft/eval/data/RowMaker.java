package org.statecraft.eval.data;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Makes a row of one record of a released file. */
interface RowMaker {
    /**
     * The row.
     *
     * @param index of the row in the split, from 0
     * @throws UnusableRecordException when no row can be made of it
     */
    ObjectNode row(Fields record, int index);
}
