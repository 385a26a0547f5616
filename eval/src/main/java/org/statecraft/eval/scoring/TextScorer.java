package org.statecraft.eval.scoring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.statecraft.model.InputException;
import org.statecraft.model.Tokenizer;

/**
 * The text level over a {@link TokenScorer}: encodes pairs, cuts texts into windows and puts their sums together again. What is the
 * same in tokens is asked once.
 */
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
    public void logLikelihood(List<Request.Continuation> requests, Answers<LogLikelihood> answers) {
        List<TokenRequest> encoded = new ArrayList<>();
        for (Request.Continuation request : requests) {
            TokenRequest pair = pairs.encode(request.context(), request.continuation());
            if (!pair.scorable()) {
                throw new UnscorableRequestException(encoded.size(), request);
            }
            encoded.add(pair);
        }
        score(encoded, new Answers<>() {
            @Override
            public void answer(int request, TokenScore score) {
                answers.answer(request, new LogLikelihood(score.sum(), score.greedy()));
            }

            @Override
            public void batchDone() {
                answers.batchDone();
            }
        });
    }

    /** Asks equal requests once and tells the answer at each of their places. */
    private void score(List<TokenRequest> requests, Answers<TokenScore> answers) {
        Map<Key, List<Integer>> places = new LinkedHashMap<>();
        for (int i = 0; i < requests.size(); i++) {
            places.computeIfAbsent(Key.of(requests.get(i)), key -> new ArrayList<>())
                    .add(i);
        }
        List<List<Integer>> unique = List.copyOf(places.values());
        tokens.score(unique.stream().map(same -> requests.get(same.get(0))).toList(), new Answers<>() {
            @Override
            public void answer(int request, TokenScore score) {
                unique.get(request).forEach(place -> answers.answer(place, score));
            }

            @Override
            public void batchDone() {
                answers.batchDone();
            }
        });
    }

    /** Equal for requests of the same tokens, cut in the same place. */
    private record Key(List<Integer> tokens, int cut) {
        static Key of(TokenRequest request) {
            int[] context = request.context();
            List<Integer> all = IntStream.concat(IntStream.of(context), IntStream.of(request.continuation()))
                    .boxed()
                    .toList();
            return new Key(all, context.length);
        }
    }

    @Override
    public void rolling(List<Request.Rolling> requests, Answers<RollingLogLikelihood> answers) {
        List<TokenRequest> windows = new ArrayList<>();
        List<Integer> textOfWindow = new ArrayList<>();
        int[] first = new int[requests.size() + 1];
        for (int text = 0; text < requests.size(); text++) {
            List<TokenRequest> own = windows(requests.get(text), text);
            windows.addAll(own);
            int place = text;
            own.forEach(window -> textOfWindow.add(place));
            first[text + 1] = windows.size();
            if (own.isEmpty()) {
                answers.answer(text, new RollingLogLikelihood(0, 0));
            }
        }
        TokenScore[] scores = new TokenScore[windows.size()];
        int[] missing = IntStream.range(0, requests.size())
                .map(text -> first[text + 1] - first[text])
                .toArray();
        score(windows, new Answers<>() {
            @Override
            public void answer(int window, TokenScore score) {
                scores[window] = score;
                int text = textOfWindow.get(window);
                if (--missing[text] == 0) {
                    answers.answer(text, sum(Arrays.asList(scores).subList(first[text], first[text + 1])));
                }
            }

            @Override
            public void batchDone() {
                answers.batchDone();
            }
        });
    }

    private List<TokenRequest> windows(Request.Rolling request, int text) {
        int[] encoded = tokenizer.encode(request.text());
        if (request.windows() == Windows.OVERLAPPING) {
            return RollingWindows.overlapping(encoded, tokenizer.endOfText(), tokens.maxLength());
        }
        List<TokenRequest> windows = RollingWindows.disjoint(encoded, tokens.maxLength());
        if (windows.isEmpty()) {
            throw new UnscorableRequestException(
                    text,
                    "the text has " + encoded.length + " tokens, which fill no window of " + tokens.maxLength()
                            + " in which a token follows another; take a longer text, or a maximal length from 2 to "
                            + encoded.length);
        }
        return windows;
    }

    private static RollingLogLikelihood sum(List<TokenScore> windows) {
        return new RollingLogLikelihood(
                windows.stream().mapToDouble(TokenScore::sum).sum(),
                windows.stream().mapToLong(score -> score.tokens().length).sum());
    }

    @Override
    public void generate(List<Request.Generate> requests, Answers<WrittenAnswer> answers) {
        Map<GenerationSettings, List<Integer>> places = new LinkedHashMap<>();
        for (int i = 0; i < requests.size(); i++) {
            places.computeIfAbsent(requests.get(i).how(), how -> new ArrayList<>())
                    .add(i);
        }
        places.forEach((how, some) -> write(requests, some, how, answers));
    }

    private void write(
            List<Request.Generate> requests,
            List<Integer> places,
            GenerationSettings how,
            Answers<WrittenAnswer> answers) {
        int room = tokens.maxLength() - how.maxTokens();
        if (room < 1) {
            throw new InputException(
                    "up to " + how.maxTokens() + " new tokens leave no room for a prompt in the maximal length of "
                            + tokens.maxLength() + " tokens; raise the length or write shorter texts (max_gen_toks)");
        }
        List<int[]> prompts = new ArrayList<>();
        int[] cut = new int[places.size()];
        for (int i = 0; i < places.size(); i++) {
            int[] whole = encode(requests.get(places.get(i)));
            cut[i] = Math.max(0, whole.length - room);
            prompts.add(Arrays.copyOfRange(whole, cut[i], whole.length));
        }
        tokens.write(prompts, how, tokenizer, new Answers<>() {
            @Override
            public void answer(int prompt, WrittenAnswer answer) {
                answers.answer(places.get(prompt), answer.withCut(cut[prompt]));
            }

            @Override
            public void batchDone() {
                answers.batchDone();
            }
        });
    }

    private int[] encode(Request.Generate request) {
        int[] prompt = request.prefix().isEmpty()
                ? tokenizer.encodePrompt(request.prompt())
                : IntStream.concat(
                                IntStream.of(tokenizer.encodePrompt(request.prefix())),
                                IntStream.of(tokenizer.encode(request.prompt())))
                        .toArray();
        return prompt.length == 0 ? new int[] {tokenizer.endOfText()} : prompt;
    }
}
