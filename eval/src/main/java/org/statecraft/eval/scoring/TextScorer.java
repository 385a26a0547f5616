package org.statecraft.eval.scoring;

import java.util.ArrayList;
import java.util.List;
import org.statecraft.model.Tokenizer;

/** The text level over a {@link TokenScorer}: encodes pairs, cuts texts into windows and puts their sums together again. */
public final class TextScorer implements Scorer {
    private final Tokenizer tokenizer;
    private final TokenScorer tokens;
    private final PairEncoder pairs;

    /** The prefix of an empty context is the tokenizer's end-of-text token. */
    public TextScorer(Tokenizer tokenizer, TokenScorer tokens) {
        this.tokenizer = tokenizer;
        this.tokens = tokens;
        this.pairs = new PairEncoder(tokenizer, tokenizer.endOfText());
    }

    @Override
    public List<LogLikelihood> logLikelihood(List<Request.Continuation> requests, Progress progress) {
        List<TokenRequest> encoded = new ArrayList<>();
        for (Request.Continuation request : requests) {
            TokenRequest pair = pairs.encode(request.context(), request.continuation());
            if (!pair.scorable()) {
                throw new UnscorablePairException(encoded.size(), request);
            }
            encoded.add(pair);
        }
        return tokens.score(encoded, progress);
    }

    @Override
    public List<RollingLogLikelihood> rolling(List<Request.Rolling> requests, Progress progress) {
        List<List<TokenRequest>> windows = requests.stream()
                .map(request ->
                        RollingWindows.of(tokenizer.encode(request.text()), tokenizer.endOfText(), tokens.maxLength()))
                .toList();
        List<LogLikelihood> scores =
                tokens.score(windows.stream().flatMap(List::stream).toList(), progress);
        List<RollingLogLikelihood> sums = new ArrayList<>();
        int from = 0;
        for (List<TokenRequest> ofText : windows) {
            List<LogLikelihood> own = scores.subList(from, from + ofText.size());
            sums.add(new RollingLogLikelihood(
                    own.stream().mapToDouble(LogLikelihood::sum).sum(),
                    own.stream().mapToLong(score -> score.tokens().length).sum()));
            from += ofText.size();
        }
        return sums;
    }
}
