package org.statecraft.model.testing;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** Random damage to a file: bytes changed, inserted, removed, repeated or cut off. */
public final class Mutation {
    private Mutation() {}

    /** A copy with one to three changes. */
    public static byte[] of(byte[] valid, Random random) {
        return of(valid, 0, valid.length, random);
    }

    /** The same with changes between two places only. */
    public static byte[] of(byte[] valid, int from, int to, Random random) {
        byte[] mutant = valid.clone();
        for (int changes = 1 + random.nextInt(6) / 3 + random.nextInt(6) / 5;
                changes > 0 && mutant.length > 0;
                changes--) {
            int at = Math.min(from + random.nextInt(to - from), mutant.length - 1);
            int some = Math.min(1 + random.nextInt(8), mutant.length - at);
            mutant = switch (random.nextInt(14)) {
                case 0 -> splice(mutant, at, 0, (byte) random.nextInt(256));
                case 1 -> splice(mutant, at, 1);
                case 2 -> splice(mutant, at, random.nextInt(4) == 0 ? mutant.length - at : some);
                case 3, 12, 13 -> splice(mutant, at, 1, (byte) ('0' + random.nextInt(10)));
                case 4 -> splice(mutant, at, 0, Arrays.copyOfRange(mutant, at, at + some));
                case 5 -> splice(mutant, at, 1, (byte) (random.nextBoolean() ? 0xff : 0));
                default -> splice(mutant, at, 1, (byte) (mutant[at] ^ (1 << random.nextInt(8))));
            };
        }
        return mutant;
    }

    private static byte[] splice(byte[] bytes, int at, int removed, byte... inserted) {
        return ByteBuffer.allocate(bytes.length - removed + inserted.length)
                .put(bytes, 0, at)
                .put(inserted)
                .put(bytes, at + removed, bytes.length - at - removed)
                .array();
    }
}
