package org.statecraft.eval.scoring;

import org.statecraft.model.InputException;

/**
 * A request that cannot be answered: no token is left to score in a pair of context and continuation, none to predict the first one
 * from, or a text fills no window.
 */
public final class UnscorableRequestException extends InputException {
    private static final int SHOWN = 40;

    private final int request;

    /** For the pair at position {@code request} of a list of requests. */
    UnscorableRequestException(int request, Request.Continuation pair) {
        this(
                request,
                "context " + end(pair.context()) + " and continuation \"" + pair.continuation()
                        + "\" leave no token to score: the tokenizer merges them, or the context is only whitespace."
                        + " Move text between the two, or leave the document out");
    }

    /** The same failure told with more of its place, as {@code message}. */
    public UnscorableRequestException(int request, String message) {
        super(message);
        this.request = request;
    }

    /** Its position in the list of requests. */
    public int request() {
        return request;
    }

    private static String end(String context) {
        return context.length() <= SHOWN
                ? "\"" + context + "\""
                : "ending in \"" + context.substring(context.length() - SHOWN) + "\"";
    }
}
