package org.statecraft.peft.train;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.statecraft.model.InputException;

/**
 * A text cut into windows that predict {@code length} tokens each. A window begins with the last token of the one before it, so
 * that every token but the first is predicted once; what is left at the end and shorter than a window is not used.
 */
public final class TextWindows implements TrainingData {
    private final String name;
    private final int[] tokens;
    private final int length;

    /**
     * Cuts a text.
     *
     * @param name of the text, for messages
     * @param length tokens that a window predicts; it holds one more
     * @throws InputException when there is not a single window
     */
    public TextWindows(String name, int[] tokens, int length) {
        if (tokens.length <= length) {
            throw new InputException(name + " has " + tokens.length + " tokens, but one window of length " + length
                    + " needs " + (length + 1L) + "; use a longer text or a length of at most "
                    + Math.max(0, tokens.length - 1));
        }
        this.name = name;
        this.tokens = tokens.clone();
        this.length = length;
    }

    /** The first so many windows, or all where there are fewer. */
    public TextWindows first(int windows) {
        int end = Math.min(tokens.length, Math.multiplyExact(windows, length) + 1);
        return new TextWindows(name, Arrays.copyOf(tokens, end), length);
    }

    @Override
    public int size() {
        return (tokens.length - 1) / length;
    }

    @Override
    public Example example(int index) {
        int begin = index * length;
        return Example.ofText(Arrays.copyOfRange(tokens, begin, begin + length + 1));
    }

    @Override
    public String fingerprint() {
        CRC32C sum = new CRC32C();
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES);
        for (int token : tokens) {
            sum.update(bytes.clear().putInt(token).flip());
        }
        return "%d tokens, length %d, crc32c %08x".formatted(tokens.length, length, sum.getValue());
    }

    @Override
    public String toString() {
        return name + " (" + size() + " windows of " + length + " tokens)";
    }
}
