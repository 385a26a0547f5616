package org.statecraft.peft.train;

/** Speed of a training in this process. */
final class Pace {
    /** Weight of the newest update in the displayed speed. */
    private static final double NEWEST = 0.2;

    private final long begin = System.nanoTime();
    private long positions;
    private long nanos;
    private int updates;
    private double recentPerSecond;

    /** Counts one update that took so long. */
    void updated(long updatePositions, long updateNanos) {
        positions += updatePositions;
        nanos += updateNanos;
        updates++;
        double perSecond = perSecond(updatePositions, updateNanos);
        recentPerSecond = updates == 1 ? perSecond : (1 - NEWEST) * recentPerSecond + NEWEST * perSecond;
    }

    double recentTokensPerSecond() {
        return recentPerSecond;
    }

    /** Over all updates; 0 before the first. */
    double tokensPerSecond() {
        return updates == 0 ? 0 : perSecond(positions, nanos);
    }

    /** For so many more updates, with everything that happens between them. */
    double secondsFor(int remaining) {
        return remaining * (System.nanoTime() - begin) / 1e9 / updates;
    }

    private static double perSecond(long count, long duration) {
        return count * 1e9 / Math.max(1, duration);
    }
}
