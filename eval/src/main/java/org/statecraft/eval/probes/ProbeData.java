package org.statecraft.eval.probes;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.statecraft.eval.python.PythonRandom;

/**
 * Training and test sets of probes.
 *
 * <p>Every set has a random stream of its own, seeded by the first eight bytes of the SHA-256 of "seed/split/probe/slice": training and
 * test sets, slices and probes neither share draws nor depend on each other, and a larger set begins with the smaller one. Under
 * {@link Repetition#NEVER} a hash of the input alone puts one input in {@value #TEST_SHARE} into the test split, so that
 * sets drawn at different times stay disjoint.
 */
public final class ProbeData {
    private static final int TEST_SHARE = 5;
    /** Draws in a row that bring nothing new, after which a slice is taken to have no more inputs. */
    private static final int PATIENCE = 1000;

    private ProbeData() {}

    /** The random stream of a set. */
    public static PythonRandom stream(TokenProbe probe, ProbeSlice slice, Split split, long seed) {
        return stream(seed + "/" + split.key() + "/" + probe.name() + "/" + slice.label());
    }

    static PythonRandom stream(String name) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return new PythonRandom(ByteBuffer.wrap(hash).getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /**
     * Draws a set.
     *
     * @param count the number of sequences wanted; fewer come back where {@link TokenProbe#repetition} forbids to repeat and a slice has
     *     no more
     */
    public static List<ProbeSequence> draw(TokenProbe probe, ProbeSlice slice, Split split, long seed, int count) {
        PythonRandom random = stream(probe, slice, split, seed);
        Repetition repetition = probe.repetition(slice);
        boolean once = repetition == Repetition.NEVER || (repetition == Repetition.TEST_ONCE && split == Split.TEST);
        List<ProbeSequence> drawn = new ArrayList<>();
        Set<IntBuffer> seen = new HashSet<>();
        int inVain = 0;
        while (drawn.size() < count && inVain < PATIENCE + seen.size()) {
            ProbeSequence sequence = probe.draw(random, slice);
            boolean here = repetition != Repetition.NEVER || splitOf(sequence.input()) == split;
            if (here && (!once || seen.add(IntBuffer.wrap(sequence.input())))) {
                drawn.add(sequence);
                inVain = 0;
            } else {
                inVain++;
            }
        }
        return drawn;
    }

    static Split splitOf(int[] input) {
        int hash = Arrays.hashCode(input) * 0x9e3779b9;
        return Integer.remainderUnsigned(hash ^ (hash >>> 15), TEST_SHARE) == 0 ? Split.TEST : Split.TRAIN;
    }
}
