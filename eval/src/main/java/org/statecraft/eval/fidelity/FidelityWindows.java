package org.statecraft.eval.fidelity;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.statecraft.eval.python.PythonRandom;
import org.statecraft.model.InputException;
import org.statecraft.model.Tokenizer;

/**
 * Draws windows from a text.
 *
 * <p>Continuations never overlap, so that the windows are nearly independent and a standard error over them is one: behind the longest
 * context the text is parted into continuations, some of which are drawn without replacement. The context of each is what precedes it, of
 * a length drawn uniformly. Contexts may overlap. The windows stand in the order of the text.
 */
public final class FidelityWindows {
    /** A character has at most four bytes, and a token at least one: so many more tokens complete it. */
    private static final int REST_OF_CHARACTER = 3;

    private final int[] tokens;
    private final Function<int[], String> decode;

    private FidelityWindows(int[] tokens, Function<int[], String> decode) {
        this.tokens = tokens;
        this.decode = decode;
    }

    /**
     * The windows of a text; the same settings give the same ones.
     *
     * @param place of the text, for messages
     * @throws InputException when the text is too short
     */
    public static List<FidelityWindow> draw(String place, String text, Tokenizer tokenizer, FidelitySettings settings) {
        return draw(place, tokenizer.encode(text), tokenizer::decode, settings);
    }

    static List<FidelityWindow> draw(
            String place, int[] tokens, Function<int[], String> decode, FidelitySettings settings) {
        int room = Math.max(0, tokens.length - settings.longest()) / settings.continuation();
        if (room < settings.windows()) {
            throw new InputException(place + " has " + tokens.length + " tokens, room for " + room
                    + " continuations of " + settings.continuation() + " behind a context of " + settings.longest()
                    + "; expected room for " + settings.windows()
                    + ". Take a longer text, fewer windows, or shorter contexts or continuations");
        }
        FidelityWindows source = new FidelityWindows(tokens, decode);
        PythonRandom random = new PythonRandom(settings.seed());
        int[] places = random.sample(room, settings.windows());
        Arrays.sort(places);
        List<FidelityWindow> windows = new ArrayList<>();
        for (int drawn : places) {
            int context = settings.shortest() + random.below(settings.longest() - settings.shortest() + 1);
            int begin = settings.longest() + drawn * settings.continuation();
            windows.add(source.window(place, begin - context, begin, begin + settings.continuation()));
        }
        return windows;
    }

    private FidelityWindow window(String place, int start, int begin, int end) {
        String longer =
                decode.apply(Arrays.copyOfRange(tokens, start, Math.min(tokens.length, end + REST_OF_CHARACTER)));
        int bytes = bytes(start, end, longer) - bytes(start, begin, longer);
        if (bytes < 1) {
            throw new InputException(place + ": the tokens " + begin + " to " + (end - 1)
                    + " are no text, so that there are no bits for each byte; take a text without special tokens");
        }
        return new FidelityWindow(
                start,
                Arrays.copyOfRange(tokens, start, end),
                end - begin,
                decode.apply(Arrays.copyOfRange(tokens, start, begin)),
                decode.apply(Arrays.copyOfRange(tokens, begin, end)),
                bytes);
    }

    /**
     * Bytes of the characters that are complete at a token. A character that a border parts belongs to what stands behind the border: up
     * to there the decoded text has a replacement character that the longer one has not.
     */
    private int bytes(int start, int end, String longer) {
        String decoded = decode.apply(Arrays.copyOfRange(tokens, start, end));
        int same = 0;
        while (same < Math.min(decoded.length(), longer.length()) && decoded.charAt(same) == longer.charAt(same)) {
            same++;
        }
        return decoded.substring(0, same).getBytes(StandardCharsets.UTF_8).length;
    }
}
