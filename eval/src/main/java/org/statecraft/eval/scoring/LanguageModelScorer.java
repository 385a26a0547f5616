package org.statecraft.eval.scoring;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.statecraft.model.CrossEntropy;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.ModelState;
import org.statecraft.model.Output;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.generate.BeamOptions;
import org.statecraft.model.generate.BeamSearch;
import org.statecraft.model.generate.Generation;
import org.statecraft.model.generate.Generator;
import org.statecraft.model.generate.Hypothesis;
import org.statecraft.model.generate.SamplingOptions;

/**
 * Scores tokens with a {@link LanguageModel} ({@code docs/evaluation.md}): log-softmax in float32 over all columns, padded
 * vocabulary rows included.
 *
 * <p>Requests run longest first in batches padded on the right. The model is causal, so padding changes no row before it and
 * the batch size changes nothing but rounding. Requests with one context, as the choices of a question, share it: it is read once, and
 * each continuation goes on from its state. The head, by far the largest product of a small model, sees only the rows that
 * predict a scored token.
 *
 * <p>The order of batches depends on the requests alone. Whoever stores finished batches and asks the rest again gets the same batches.
 */
public final class LanguageModelScorer implements TokenScorer {
    /** Rows of logits held at once: at 50,288 columns they take 50 MB, and the log-softmax as much again. */
    private static final int HEAD_ROWS = 256;

    /** Of tasks that draw their texts: the same texts each time. */
    private static final long SAMPLING_SEED = 1234;

    private final LanguageModel model;
    private final ScoringOptions options;

    /** A scorer of tokens by {@code model}, which stays with the caller. */
    public LanguageModelScorer(LanguageModel model, ScoringOptions options) {
        this.model = model;
        this.options = options;
    }

    /**
     * A scorer of texts by {@code model}; both model and tokenizer stay with the caller.
     *
     * @throws InputException when the tokenizer belongs to a model of a larger vocabulary
     */
    public static Scorer of(LanguageModel model, Tokenizer tokenizer, ScoringOptions options) {
        tokenizer.requireFits(model.config().vocabSize());
        return new TextScorer(tokenizer, new LanguageModelScorer(model, options));
    }

    @Override
    public int maxLength() {
        return options.maxLength();
    }

    @Override
    public void score(List<TokenRequest> requests, Answers<TokenScore> answers) {
        Map<List<Integer>, List<Row>> byContext = new LinkedHashMap<>();
        List<Row> alone = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            TokenRequest request = requests.get(i);
            Row row = row(i, request);
            boolean whole = row.input.length == request.context().length + request.continuation().length - 1;
            if (whole) {
                byContext
                        .computeIfAbsent(boxed(request.context()), context -> new ArrayList<>())
                        .add(row);
            } else {
                alone.add(row);
            }
        }
        List<SharedContext> shared = new ArrayList<>();
        byContext.values().forEach(rows -> {
            if (rows.size() == 1) {
                alone.add(rows.get(0));
            } else {
                shared.add(SharedContext.of(rows));
            }
        });
        alone.sort(LONGEST_FIRST);
        inBatches(alone, rows -> scoreBatch(rows, answers), answers);
        shared.sort(Comparator.comparingInt((SharedContext c) -> -c.context.length)
                .thenComparing(SharedContext::context, Arrays::compare));
        inBatches(shared, contexts -> scoreShared(contexts, answers), answers);
    }

    private <T> void inBatches(List<T> all, Consumer<List<T>> score, Answers<?> answers) {
        for (int from = 0; from < all.size(); from += options.batch()) {
            score.accept(all.subList(from, Math.min(from + options.batch(), all.size())));
            answers.batchDone();
        }
    }

    private static final Comparator<Row> LONGEST_FIRST =
            Comparator.comparingInt((Row row) -> -row.input.length).thenComparing(Row::input, Arrays::compare);

    /** One request: where its answer goes, what the model reads, what is predicted by the last rows of that. */
    private record Row(int position, int[] input, int[] predicted) {}

    /** Continuations of one context. */
    private record SharedContext(int[] context, List<Row> rows) {
        static SharedContext of(List<Row> rows) {
            Row first = rows.get(0);
            int[] context = Arrays.copyOf(first.input, first.input.length - first.predicted.length + 1);
            return new SharedContext(context, rows);
        }
    }

    private Row row(int position, TokenRequest request) {
        int scored = request.continuation().length;
        if (scored > options.maxLength()) {
            throw new InputException("a continuation of " + scored + " tokens does not fit the maximal length of "
                    + options.maxLength() + " tokens; raise the length or shorten the continuation");
        }
        return new Row(position, request.input(options.maxLength()), request.continuation());
    }

    private void scoreBatch(List<Row> rows, Answers<TokenScore> answers) {
        try (NDManager scope = model.newScope()) {
            TokenBatch batch =
                    TokenBatch.padded(scope, rows.stream().map(Row::input).toList());
            NDArray hidden = model.forward(batch, null, null).hidden();
            Predictions predictions = predictions(
                    scope, hidden, rows.stream().map(Row::predicted).toList(), row -> rows.get(row).input.length);
            for (Row row : rows) {
                answers.answer(row.position, predictions.next(row.predicted.length));
            }
        }
    }

    /** Reads each context once; its last row predicts the first token of each continuation, and its state reads the others. */
    private void scoreShared(List<SharedContext> contexts, Answers<TokenScore> answers) {
        try (NDManager scope = model.newScope()) {
            TokenBatch batch = TokenBatch.padded(
                    scope, contexts.stream().map(SharedContext::context).toList());
            Output read = model.prefill(batch, null);
            List<Going> all = new ArrayList<>();
            for (int place = 0; place < contexts.size(); place++) {
                for (Row row : contexts.get(place).rows) {
                    all.add(new Going(place, row));
                }
            }
            TokenScore[] first = firstTokens(scope, read.hidden(), all);
            List<Integer> longer = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i).row.predicted.length == 1) {
                    answers.answer(all.get(i).row.position, first[i]);
                } else {
                    longer.add(i);
                }
            }
            longer.sort(Comparator.comparingInt(i -> -all.get(i).row.predicted.length));
            for (int from = 0; from < longer.size(); from += options.batch()) {
                scoreRest(
                        read.state(),
                        all,
                        first,
                        longer.subList(from, Math.min(from + options.batch(), longer.size())),
                        answers);
            }
            read.state().close();
        }
    }

    /** A continuation behind the context at a place of the batch. */
    private record Going(int place, Row row) {}

    private TokenScore[] firstTokens(NDManager scope, NDArray hidden, List<Going> all) {
        Predictions predictions = new Predictions(all.size());
        try (NDManager head = scope.newSubManager()) {
            NDArray last = hidden.squeeze(1);
            last.attach(head);
            NDArray logits = model.logits(last);
            for (int from = 0; from < all.size(); from += HEAD_ROWS) {
                List<Going> some = all.subList(from, Math.min(from + HEAD_ROWS, all.size()));
                int[] places = some.stream().mapToInt(Going::place).toArray();
                int[] tokens =
                        some.stream().mapToInt(going -> going.row.predicted[0]).toArray();
                NDArray picked = logits.get(new NDIndex("{}", ids(head, places)));
                predictions.add(picked, tokens);
            }
        }
        return IntStream.range(0, all.size()).mapToObj(i -> predictions.next(1)).toArray(TokenScore[]::new);
    }

    private void scoreRest(
            ModelState states, List<Going> all, TokenScore[] first, List<Integer> some, Answers<TokenScore> answers) {
        try (NDManager scope = model.newScope();
                ModelState start = states.rows(
                        some.stream().mapToInt(i -> all.get(i).place).toArray())) {
            List<int[]> inputs = some.stream()
                    .map(i -> all.get(i).row.predicted)
                    .map(tokens -> Arrays.copyOf(tokens, tokens.length - 1))
                    .toList();
            NDArray hidden =
                    model.forward(TokenBatch.padded(scope, inputs), start, null).hidden();
            List<int[]> predicted = some.stream()
                    .map(i -> all.get(i).row.predicted)
                    .map(tokens -> Arrays.copyOfRange(tokens, 1, tokens.length))
                    .toList();
            Predictions predictions = predictions(scope, hidden, predicted, row -> inputs.get(row).length);
            for (int i : some) {
                Row row = all.get(i).row;
                answers.answer(row.position, first[i].then(predictions.next(row.predicted.length - 1)));
            }
        }
    }

    /**
     * What the last rows of each input say of the tokens behind them.
     *
     * @param hidden {@code [batch, length, dModel]}
     * @param predicted for each input, by its last rows
     * @param lengths of the inputs
     */
    private Predictions predictions(NDManager scope, NDArray hidden, List<int[]> predicted, IntUnaryOperator lengths) {
        Shape shape = hidden.getShape();
        NDArray flat = hidden.reshape(-1, shape.get(2));
        int[] rows = IntStream.range(0, predicted.size())
                .flatMap(r -> {
                    int end = r * (int) shape.get(1) + lengths.applyAsInt(r);
                    return IntStream.range(end - predicted.get(r).length, end);
                })
                .toArray();
        int[] tokens = predicted.stream().flatMapToInt(IntStream::of).toArray();
        Predictions predictions = new Predictions(tokens.length);
        for (int from = 0; from < tokens.length; from += HEAD_ROWS) {
            int to = Math.min(from + HEAD_ROWS, tokens.length);
            try (NDManager head = scope.newSubManager()) {
                NDArray picked = flat.get(new NDIndex("{}", ids(head, Arrays.copyOfRange(rows, from, to))));
                picked.attach(head);
                predictions.add(model.logits(picked), Arrays.copyOfRange(tokens, from, to));
            }
        }
        return predictions;
    }

    @Override
    public void write(
            List<int[]> prompts, GenerationSettings how, Tokenizer tokenizer, Answers<WrittenAnswer> answers) {
        List<Integer> order = IntStream.range(0, prompts.size())
                .boxed()
                .sorted(Comparator.comparingInt((Integer i) -> -prompts.get(i).length)
                        .thenComparing(prompts::get, Arrays::compare))
                .toList();
        if (how.beams() > 1) {
            BeamSearch search = new BeamSearch(model, tokenizer);
            BeamOptions beams = new BeamOptions(how.beams(), how.lengthPenalty(), how.maxTokens(), how.stop());
            for (int place : order) {
                Hypothesis best =
                        search.search(prompts.get(place), beams, () -> {}).get(0);
                answers.answer(place, new WrittenAnswer(best.generation(), best.logProbability(), best.score(), 0));
                answers.batchDone();
            }
            return;
        }
        Generator generator = new Generator(model, tokenizer);
        SamplingOptions sampling = new SamplingOptions(
                how.maxTokens(), how.temperature(), how.topK(), how.topP(), how.stop(), SAMPLING_SEED);
        inBatches(
                order,
                some -> {
                    List<Generation> texts = generator.generateTokens(
                            some.stream().map(prompts::get).toList(), sampling);
                    for (int i = 0; i < some.size(); i++) {
                        Generation text = cut(texts.get(i), how.stop(), tokenizer);
                        answers.answer(some.get(i), new WrittenAnswer(text, null, null, 0));
                    }
                },
                answers);
    }

    /** The harness cuts before one stop text after the other, so that where two overlap the first of the list decides. */
    private static Generation cut(Generation generation, List<String> stop, Tokenizer tokenizer) {
        if (generation.finish() != Generation.Finish.STOP_TEXT) {
            return generation;
        }
        String text = tokenizer.decode(generation.tokens());
        for (String end : stop) {
            int at = text.indexOf(end);
            text = at < 0 ? text : text.substring(0, at);
        }
        return new Generation(text, generation.tokens(), generation.finish());
    }

    private static List<Integer> boxed(int[] tokens) {
        return IntStream.of(tokens).boxed().toList();
    }

    private static NDArray ids(NDManager manager, int[] ids) {
        return manager.create(Arrays.stream(ids).asLongStream().toArray());
    }

    /** What the rows of logits say of the tokens that followed, collected block by block and taken out in the same order. */
    static final class Predictions {
        private final float[] logProbabilities;
        private final boolean[] mostLikely;
        private int filled;
        private int taken;

        Predictions(int rows) {
            logProbabilities = new float[rows];
            mostLikely = new boolean[rows];
        }

        /** Takes {@code logits [rows, vocabulary]}; of equally likely tokens the lowest id is the most likely one. */
        void add(NDArray logits, int[] predicted) {
            NDArray tokens = ids(logits.getManager(), predicted);
            float[] values = CrossEntropy.logProbabilities(logits, tokens).toFloatArray();
            long[] best = logits.argMax(1).toLongArray();
            for (int i = 0; i < predicted.length; i++) {
                logProbabilities[filled] = values[i];
                mostLikely[filled] = best[i] == predicted[i];
                filled++;
            }
        }

        /** The score of the next so many tokens. */
        TokenScore next(int length) {
            boolean greedy = true;
            for (int i = taken; i < taken + length; i++) {
                greedy &= mostLikely[i];
            }
            taken += length;
            return new TokenScore(greedy, Arrays.copyOfRange(logProbabilities, taken - length, taken));
        }
    }
}
