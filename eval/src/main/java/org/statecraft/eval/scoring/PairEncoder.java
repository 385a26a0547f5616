package org.statecraft.eval.scoring;

import java.util.Arrays;
import org.statecraft.eval.python.PythonWhitespace;
import org.statecraft.model.Tokenizer;

/**
 * The harness's encode-pair rule ({@code docs/evaluation.md}): which tokens are context, which are scored.
 *
 * <p>Context and continuation are encoded together and cut by the number of tokens of the context alone. A merge across the
 * border therefore moves the cut, and may leave nothing to score.
 */
record PairEncoder(Tokenizer tokenizer, int prefixToken) {

    TokenRequest encode(String context, String continuation) {
        if (context.isEmpty()) {
            int[] scored = tokenizer.encode(continuation);
            boolean prefixed = scored.length > 0 && scored[0] == prefixToken;
            return new TokenRequest(
                    new int[] {prefixToken}, prefixed ? Arrays.copyOfRange(scored, 1, scored.length) : scored);
        }
        int stripped = PythonWhitespace.strippedLength(context);
        int[] before = tokenizer.encode(context.substring(0, stripped));
        int[] whole = tokenizer.encode(context + continuation);
        int cut = Math.min(before.length, whole.length);
        return new TokenRequest(before, Arrays.copyOfRange(whole, cut, whole.length));
    }
}
