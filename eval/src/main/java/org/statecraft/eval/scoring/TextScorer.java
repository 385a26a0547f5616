package org.statecraft.eval.scoring;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.statecraft.model.InputException;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.generate.Hypothesis;

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
                throw new UnscorableRequestException(encoded.size(), request);
            }
            encoded.add(pair);
        }
        return tokens.score(encoded, progress);
    }

    @Override
    public List<LabelAnswer> label(List<Request.Label> requests, Progress progress) {
        List<int[]> prompts = prompts(
                requests.stream().map(r -> encode(r.prefix(), r.prompt())).toList());
        int[][] labels = requests.stream()
                .map(Request.Label::labels)
                .map(this::singleTokens)
                .toArray(int[][]::new);
        LabelAnswer[] answers = new LabelAnswer[prompts.size()];
        tokens.next(prompts, (i, log) -> answers[i] = answer(labels[i], log), progress);
        return List.of(answers);
    }

    private LabelAnswer answer(int[] labels, float[] logProbabilities) {
        int best = 0;
        for (int token = 1; token < logProbabilities.length; token++) {
            if (logProbabilities[token] > logProbabilities[best]) {
                best = token;
            }
        }
        int chosen = best;
        int label = IntStream.range(0, labels.length)
                .filter(i -> labels[i] == chosen)
                .findFirst()
                .orElse(LabelAnswer.OUTSIDE);
        double[] ofLabels = IntStream.of(labels)
                .mapToDouble(token -> logProbabilities[token])
                .toArray();
        // a padded row of the vocabulary has no text
        String text = best < tokenizer.size() ? tokenizer.decode(new int[] {best}) : "";
        return new LabelAnswer(label, text, logProbabilities[best], ofLabels);
    }

    private int[] singleTokens(List<String> labels) {
        return labels.stream().mapToInt(this::singleToken).toArray();
    }

    private int singleToken(String label) {
        int[] encoded = tokenizer.encode(label);
        if (encoded.length != 1) {
            throw new InputException("the label '" + label + "' is " + encoded.length
                    + " tokens of this tokenizer, and a label has to be a single one; choose other label texts");
        }
        return encoded[0];
    }

    @Override
    public List<WrittenAnswer> generate(List<Request.Generate> requests, Progress progress) {
        List<int[]> prompts = prompts(
                requests.stream().map(r -> encode(r.prefix(), r.prompt())).toList());
        List<WrittenAnswer> answers = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            Hypothesis best = tokens.write(prompts.get(i), requests.get(i).search(), tokenizer);
            answers.add(new WrittenAnswer(best.generation(), best.logProbability(), best.score()));
            progress.at(answers.size(), prompts.size());
        }
        return answers;
    }

    /** Refuses prompts that cannot be read as they are. */
    private List<int[]> prompts(List<int[]> prompts) {
        for (int i = 0; i < prompts.size(); i++) {
            int length = prompts.get(i).length;
            if (length == 0 || length > tokens.maxLength()) {
                throw UnscorableRequestException.ofPrompt(i, length, tokens.maxLength());
            }
        }
        return prompts;
    }

    private int[] encode(String prefix, String prompt) {
        return prefix.isEmpty()
                ? tokenizer.encodePrompt(prompt)
                : IntStream.concat(IntStream.of(tokenizer.encodePrompt(prefix)), IntStream.of(tokenizer.encode(prompt)))
                        .toArray();
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
