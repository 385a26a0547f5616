package org.statecraft.model.generate;

/** One text of a batch in the making. */
final class Row {
    private final int index;
    private final int[] prompt;
    private final SamplingOptions options;
    private final Sampler sampler;
    private final TextStream stream;
    private int count;
    private int token;
    private Generation.Finish finish;

    Row(int index, int[] prompt, SamplingOptions options, TextStream stream) {
        this.index = index;
        this.prompt = prompt;
        this.options = options;
        this.sampler = new Sampler(options);
        this.stream = stream;
    }

    /** Its place among the prompts. */
    int index() {
        return index;
    }

    int[] prompt() {
        return prompt;
    }

    /** Chooses the next token, or ends; returns the text that is certain now. */
    String advance(float[] logits, Vocabulary vocabulary) {
        if (count == options.maxTokens()) {
            return finished(Generation.Finish.LENGTH, "");
        }
        int chosen = sampler.choose(logits, vocabulary.size());
        if (vocabulary.ends(chosen)) {
            return finished(Generation.Finish.END_OF_TEXT, "");
        }
        token = chosen;
        count++;
        String piece = stream.add(token);
        if (stream.stopped()) {
            return finished(Generation.Finish.STOP_TEXT, piece);
        }
        return count == options.maxTokens() ? finished(Generation.Finish.LENGTH, piece) : piece;
    }

    private String finished(Generation.Finish why, String piece) {
        finish = why;
        return piece + stream.end();
    }

    boolean ended() {
        return finish != null;
    }

    /** The token chosen last. */
    int token() {
        return token;
    }

    /** Whether the model has not been given the last token: it was chosen and ended the text. */
    boolean owesToken() {
        return count > 0 && finish != Generation.Finish.END_OF_TEXT;
    }

    /** Tokens of the prompt and new ones. */
    long length() {
        return prompt.length + (long) count;
    }

    Generation generation() {
        return new Generation(stream.text(), stream.tokens(), finish);
    }
}
