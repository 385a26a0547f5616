package org.statecraft.peft.train;

/**
 * How far the stream of examples was read.
 *
 * @param epoch passes over all examples that are complete
 * @param position examples of the running pass that were taken
 */
record Cursor(long epoch, int position) {
    static final Cursor START = new Cursor(0, 0);

    Cursor next(int size) {
        return position + 1 < size ? new Cursor(epoch, position + 1) : new Cursor(epoch + 1, 0);
    }
}
