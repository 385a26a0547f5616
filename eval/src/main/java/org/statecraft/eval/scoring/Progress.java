package org.statecraft.eval.scoring;

/** Told how far a piece of work is. An exception that it throws stops the work and reaches the caller. */
@FunctionalInterface
public interface Progress {
    void at(int done, int total);
}
