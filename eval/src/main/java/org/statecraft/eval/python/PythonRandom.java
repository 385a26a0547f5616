package org.statecraft.eval.python;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * CPython's {@code random.Random}: the Mersenne Twister MT19937, seeded by {@code init_by_array}, with the same draws.
 *
 * <p>The harness resamples and draws examples with it, so standard errors can be compared bit by bit. Source: Matsumoto and
 * Nishimura 1998; the derived draws are those of {@code docs/evaluation.md}. Not safe for use by several threads.
 */
public final class PythonRandom {
    private static final int N = 624;
    private static final int M = 397;
    private static final int MATRIX = 0x9908b0df;
    private static final int UPPER = 0x80000000;
    private static final int LOWER = 0x7fffffff;

    private final int[] words = new int[N];
    private int next = N;

    /**
     * Seeds as {@code Random(seed)} does.
     *
     * @param seed read as an unsigned number; above 32 bits it becomes two key words, the low one first
     */
    public PythonRandom(long seed) {
        int low = (int) seed;
        int high = (int) (seed >>> 32);
        seedByArray(high == 0 ? new int[] {low} : new int[] {low, high});
    }

    private void seedByArray(int[] key) {
        seedBy(19650218);
        int i = 1;
        int j = 0;
        for (int k = Math.max(N, key.length); k > 0; k--) {
            words[i] = (words[i] ^ (mixed(words[i - 1]) * 1664525)) + key[j] + j;
            i = nextSeeded(i);
            j = (j + 1) % key.length;
        }
        for (int k = N - 1; k > 0; k--) {
            words[i] = (words[i] ^ (mixed(words[i - 1]) * 1566083941)) - i;
            i = nextSeeded(i);
        }
        words[0] = UPPER;
    }

    private void seedBy(int seed) {
        words[0] = seed;
        for (int i = 1; i < N; i++) {
            words[i] = 1812433253 * mixed(words[i - 1]) + i;
        }
    }

    private static int mixed(int word) {
        return word ^ (word >>> 30);
    }

    private int nextSeeded(int i) {
        if (i + 1 < N) {
            return i + 1;
        }
        words[0] = words[N - 1];
        return 1;
    }

    /** 32 random bits: {@code getrandbits(32)} as a signed number. */
    public int bits32() {
        if (next == N) {
            twist();
        }
        int y = words[next++];
        y ^= y >>> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >>> 18);
    }

    private void twist() {
        for (int k = 0; k < N - M; k++) {
            words[k] = words[k + M] ^ twisted(words[k], words[k + 1]);
        }
        for (int k = N - M; k < N - 1; k++) {
            words[k] = words[k + M - N] ^ twisted(words[k], words[k + 1]);
        }
        words[N - 1] = words[M - 1] ^ twisted(words[N - 1], words[0]);
        next = 0;
    }

    private static int twisted(int upper, int lower) {
        int y = (upper & UPPER) | (lower & LOWER);
        return (y >>> 1) ^ (-(y & 1) & MATRIX);
    }

    /** Uniform in [0, 1) with 53 bits: {@code random()}. */
    public double random() {
        int high = bits32() >>> 5;
        int low = bits32() >>> 6;
        return (((long) high << 26) + low) * 0x1p-53;
    }

    /** Uniform in 0 .. n-1 by rejection: {@code _randbelow(n)}, the base of {@code randrange}, {@code choice}, {@code shuffle}. */
    public int below(int n) {
        if (n <= 0) {
            throw new IllegalArgumentException("no number below " + n);
        }
        int unused = Integer.numberOfLeadingZeros(n);
        int drawn = bits32() >>> unused;
        while (drawn >= n) {
            drawn = bits32() >>> unused;
        }
        return drawn;
    }

    /**
     * {@code count} different positions in 0 .. n-1 in the order of {@code sample(range(n), count)}: from a pool where that is small
     * against what is drawn, otherwise by rejection.
     */
    public int[] sample(int n, int count) {
        if (count < 0 || count > n) {
            throw new IllegalArgumentException("cannot draw " + count + " of " + n);
        }
        int poolSize = 21;
        if (count > 5) {
            poolSize += 1 << (2 * (int) Math.ceil(StrictMath.log(count * 3.0) / StrictMath.log(4)));
        }
        return n <= poolSize ? sampleOfPool(n, count) : sampleByRejection(n, count);
    }

    private int[] sampleOfPool(int n, int count) {
        int[] pool = IntStream.range(0, n).toArray();
        int[] drawn = new int[count];
        for (int i = 0; i < count; i++) {
            int at = below(n - i);
            drawn[i] = pool[at];
            pool[at] = pool[n - i - 1];
        }
        return drawn;
    }

    private int[] sampleByRejection(int n, int count) {
        Set<Integer> drawn = new LinkedHashSet<>();
        while (drawn.size() < count) {
            drawn.add(below(n));
        }
        return drawn.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Fills {@code drawn} with positions in 0 .. n-1, drawn with replacement: {@code choices(range(n), k=drawn.length)}. */
    public void choices(int n, int[] drawn) {
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = (int) (random() * n);
        }
    }
}
