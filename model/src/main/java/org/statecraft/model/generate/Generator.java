package org.statecraft.model.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.ModelState;
import org.statecraft.model.Output;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.Tokenizer;

/** Continues a prompt: one prefill that leaves the carried state, then one step for each token. */
public final class Generator {
    private final LanguageModel model;
    private final Tokenizer tokenizer;

    public Generator(LanguageModel model, Tokenizer tokenizer) {
        tokenizer.requireFits(model.config().vocabSize());
        this.model = model;
        this.tokenizer = tokenizer;
    }

    /** An empty prompt starts from the end-of-text token. */
    public Generation generate(String prompt, SamplingOptions options) {
        int[] ids = tokenizer.encode(prompt);
        Sampler sampler = new Sampler(options);
        int[] tokens = new int[options.maxTokens()];
        int count = 0;
        try (NDManager scope = model.newScope()) {
            Step last = advance(scope, ids.length == 0 ? new int[] {tokenizer.endOfText()} : ids, null);
            while (count < options.maxTokens()) {
                int token = sampler.choose(last.logits, tokenizer.size());
                if (token == tokenizer.endOfText()
                        || model.config().eosTokenIds().contains(token)) {
                    return finished(tokens, count, Generation.Finish.END_OF_TEXT);
                }
                tokens[count++] = token;
                String text = options.stop().isEmpty() ? "" : tokenizer.decode(Arrays.copyOf(tokens, count));
                for (String stop : options.stop()) {
                    if (text.contains(stop)) {
                        return new Generation(
                                cut(text, options), Arrays.copyOf(tokens, count), Generation.Finish.STOP_TEXT);
                    }
                }
                if (count < options.maxTokens()) {
                    Step next = advance(scope, new int[] {token}, last.state);
                    last.state.close();
                    last = next;
                }
            }
            return finished(tokens, count, Generation.Finish.LENGTH);
        }
    }

    private static String cut(String text, SamplingOptions options) {
        int end = text.length();
        for (String stop : options.stop()) {
            int at = text.indexOf(stop);
            end = at < 0 ? end : Math.min(end, at);
        }
        return text.substring(0, end);
    }

    private Generation finished(int[] tokens, int count, Generation.Finish finish) {
        int[] all = Arrays.copyOf(tokens, count);
        return new Generation(tokenizer.decode(all), all, finish);
    }

    private record Step(float[] logits, ModelState state) {}

    /** Feeds tokens; returns the logits after the last one and the state, which belongs to {@code owner}. */
    private Step advance(NDManager owner, int[] tokens, ModelState from) {
        try (NDManager scope = owner.newSubManager()) {
            long[] ids = Arrays.stream(tokens).asLongStream().toArray();
            NDArray input = scope.create(ids, new Shape(1, ids.length));
            Output output = model.forward(TokenBatch.of(input), from, null);
            output.state().attach(owner);
            NDArray last = output.hidden().get(new NDIndex(":, -1"));
            return new Step(model.logits(last).toFloatArray(), output.state());
        }
    }
}
