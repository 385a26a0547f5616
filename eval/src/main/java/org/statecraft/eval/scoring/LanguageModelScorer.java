package org.statecraft.eval.scoring;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.statecraft.model.CrossEntropy;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.generate.BeamOptions;
import org.statecraft.model.generate.BeamSearch;
import org.statecraft.model.generate.Hypothesis;

/**
 * Scores tokens with a {@link LanguageModel} ({@code docs/evaluation.md}): log-softmax in float32 over all columns, padded
 * vocabulary rows included.
 *
 * <p>Requests run longest first in batches padded on the right. The model is causal, so padding changes no row before it and
 * the batch size changes nothing but rounding. The head, by far the largest product of a small model, sees only the rows that
 * predict a scored token.
 */
public final class LanguageModelScorer implements TokenScorer {
    /** Rows of logits held at once: at 50,288 columns they take 50 MB, and the log-softmax as much again. */
    private static final int HEAD_ROWS = 256;

    private final LanguageModel model;
    private final ScoringOptions options;

    LanguageModelScorer(LanguageModel model, ScoringOptions options) {
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
    public List<LogLikelihood> score(List<TokenRequest> requests, Progress progress) {
        List<Row> rows = IntStream.range(0, requests.size())
                .mapToObj(i -> row(i, requests.get(i)))
                .sorted(Comparator.comparingInt((Row row) -> -row.input.length)
                        .thenComparing(Row::input, Arrays::compare))
                .toList();
        LogLikelihood[] answers = new LogLikelihood[rows.size()];
        for (int from = 0; from < rows.size(); from += options.batch()) {
            int to = Math.min(from + options.batch(), rows.size());
            scoreBatch(rows.subList(from, to), answers);
            progress.at(to, rows.size());
        }
        return List.of(answers);
    }

    /** One request: where its answer goes, what the model reads, what is predicted by the last rows of that. */
    private record Row(int position, int[] input, int[] predicted) {}

    private Row row(int position, TokenRequest request) {
        int scored = request.continuation().length;
        if (scored > options.maxLength()) {
            throw new InputException("a continuation of " + scored + " tokens does not fit the maximal length of "
                    + options.maxLength() + " tokens; raise the length or shorten the continuation");
        }
        return new Row(position, request.input(options.maxLength()), request.continuation());
    }

    private void scoreBatch(List<Row> rows, LogLikelihood[] answers) {
        try (NDManager scope = model.newScope()) {
            TokenBatch batch =
                    TokenBatch.padded(scope, rows.stream().map(Row::input).toList());
            NDArray hidden = model.forward(batch, null, null).hidden();
            Shape shape = hidden.getShape();
            NDArray flat = hidden.reshape(-1, shape.get(2));
            int[] predicting = IntStream.range(0, rows.size())
                    .flatMap(r -> predicting(rows.get(r), r * (int) shape.get(1)))
                    .toArray();
            int[] predicted = rows.stream()
                    .flatMapToInt(row -> IntStream.of(row.predicted))
                    .toArray();
            Predictions predictions = new Predictions(predicted.length);
            for (int from = 0; from < predicted.length; from += HEAD_ROWS) {
                int to = Math.min(from + HEAD_ROWS, predicted.length);
                try (NDManager head = scope.newSubManager()) {
                    int[] indices = Arrays.copyOfRange(predicting, from, to);
                    NDArray picked = flat.get(new NDIndex("{}", ids(head, indices)));
                    picked.attach(head);
                    predictions.add(model.logits(picked), Arrays.copyOfRange(predicted, from, to));
                }
            }
            int from = 0;
            for (Row row : rows) {
                answers[row.position] = predictions.answer(from, row.predicted.length);
                from += row.predicted.length;
            }
        }
    }

    @Override
    public void next(List<int[]> prompts, NextTokens answers, Progress progress) {
        List<Integer> order = IntStream.range(0, prompts.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> -prompts.get(i).length))
                .toList();
        for (int from = 0; from < order.size(); from += options.batch()) {
            List<Integer> some = order.subList(from, Math.min(from + options.batch(), order.size()));
            try (NDManager scope = model.newScope()) {
                TokenBatch batch =
                        TokenBatch.padded(scope, some.stream().map(prompts::get).toList());
                NDArray last = model.prefill(batch, null).hidden().squeeze(1);
                NDArray log = model.logits(last).logSoftmax(1);
                for (int row = 0; row < some.size(); row++) {
                    answers.at(some.get(row), log.get(row).toFloatArray());
                }
            }
            progress.at(from + some.size(), order.size());
        }
    }

    @Override
    public Hypothesis write(int[] prompt, BeamOptions how, Tokenizer tokenizer) {
        return new BeamSearch(model, tokenizer).search(prompt, how, () -> {}).get(0);
    }

    private static IntStream predicting(Row row, int start) {
        int end = start + row.input.length;
        return IntStream.range(end - row.predicted.length, end);
    }

    private static NDArray ids(NDManager manager, int[] ids) {
        return manager.create(Arrays.stream(ids).asLongStream().toArray());
    }

    /** What the rows of logits say of the tokens that followed, collected block by block. */
    static final class Predictions {
        private final float[] logProbabilities;
        private final boolean[] mostLikely;
        private int filled;

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

        LogLikelihood answer(int from, int length) {
            float[] tokens = Arrays.copyOfRange(logProbabilities, from, from + length);
            double sum = 0;
            boolean greedy = true;
            for (int i = 0; i < length; i++) {
                sum += tokens[i];
                greedy &= mostLikely[from + i];
            }
            return new LogLikelihood(sum, greedy, tokens);
        }
    }
}
