package org.statecraft.model.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/** How many bytes of heap the current thread allocates, those that are garbage at once included. */
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {}

    /**
     * The result of {@code measurement}, or of a second one if the first is above {@code limit}: whatever happens for the first
     * time in a virtual machine loads classes.
     */
    public static long settled(long limit, LongSupplier measurement) {
        long first = measurement.getAsLong();
        return first <= limit ? first : measurement.getAsLong();
    }

    /** The bytes that {@code action} allocates; what it throws is passed on. */
    public static long of(Runnable action) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        action.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
