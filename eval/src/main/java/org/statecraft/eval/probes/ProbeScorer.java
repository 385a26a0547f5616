package org.statecraft.eval.probes;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.statecraft.eval.scoring.Progress;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.TokenBatch;

/**
 * Scores token probes with a {@link LanguageModel}: reads each sequence once and looks at the logits of the positions that ask something.
 *
 * <p>Sequences run longest first in batches padded on the right, which changes no score. The head sees only asking rows, and only the columns
 * of candidates leave the device.
 */
public final class ProbeScorer {
    /** Rows of logits held at once. */
    private static final int HEAD_ROWS = 256;

    private final LanguageModel model;
    private final SymbolTokens tokens;
    private final Ranking ranking;
    private final int batch;

    /**
     * Prepares the scoring of one probe.
     *
     * @param tokens what the probe's symbols are for the model
     * @param batch most sequences in one forward pass
     * @throws org.statecraft.model.InputException when the model has no row for a symbol
     */
    public ProbeScorer(LanguageModel model, SymbolTokens tokens, Ranking ranking, int batch) {
        tokens.requireFits(model.config().vocabSize());
        this.model = model;
        this.tokens = tokens;
        this.ranking = ranking;
        this.batch = batch;
    }

    /** Scores sequences of a slice. */
    public SliceScore score(TokenProbe probe, ProbeSlice slice, List<ProbeSequence> sequences, Progress progress) {
        List<Integer> order = IntStream.range(0, sequences.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> -sequences.get(i).input().length))
                .toList();
        SequenceScore[] scores = new SequenceScore[sequences.size()];
        for (int from = 0; from < order.size(); from += batch) {
            List<Integer> some = order.subList(from, Math.min(from + batch, order.size()));
            List<SequenceScore> answers =
                    scoreBatch(probe, some.stream().map(sequences::get).toList());
            for (int i = 0; i < some.size(); i++) {
                scores[some.get(i)] = answers.get(i);
            }
            progress.at(from + some.size(), order.size());
        }
        Baselines baselines = new Baselines(sequences);
        double chance = probe.neededShare() > 0
                ? 0
                : ranking == Ranking.VOCABULARY ? 1.0 / model.config().vocabSize() : baselines.guess();
        return new SliceScore(slice, List.of(scores), chance, baselines.constant());
    }

    /** A position that asks something: its row among all rows of the batch, the right token and those it is ranked among. */
    private record Question(int row, int answer, int[] candidates) {}

    private List<SequenceScore> scoreBatch(TokenProbe probe, List<ProbeSequence> sequences) {
        try (NDManager scope = model.newScope()) {
            TokenBatch read = TokenBatch.padded(
                    scope, sequences.stream().map(tokens::input).toList());
            NDArray hidden = model.forward(read, null, null).hidden();
            int length = (int) hidden.getShape().get(1);
            NDArray rows = hidden.reshape(-1, hidden.getShape().get(2));
            List<Question> questions = new ArrayList<>();
            for (int s = 0; s < sequences.size(); s++) {
                questions.addAll(questions(sequences.get(s), s * length));
            }
            List<Boolean> right = new ArrayList<>();
            for (int from = 0; from < questions.size(); from += HEAD_ROWS) {
                List<Question> some = questions.subList(from, Math.min(from + HEAD_ROWS, questions.size()));
                try (NDManager head = scope.newSubManager()) {
                    int[] asked = some.stream().mapToInt(Question::row).toArray();
                    NDArray picked = rows.get(new NDIndex("{}", indices(head, asked)));
                    picked.attach(head);
                    right.addAll(judged(model.logits(picked), some, probe.neededShare()));
                }
            }
            return split(right, sequences);
        }
    }

    private List<Question> questions(ProbeSequence sequence, int firstRow) {
        int[] labels = sequence.labels();
        int[] candidates = tokens.ids(sequence.candidates());
        Arrays.sort(candidates);
        return IntStream.range(0, labels.length)
                .filter(t -> labels[t] != ProbeSequence.IGNORED)
                .mapToObj(t -> new Question(firstRow + t, tokens.id(labels[t]), candidates))
                .toList();
    }

    private List<Boolean> judged(NDArray logits, List<Question> questions, double neededShare) {
        List<Boolean> right = new ArrayList<>();
        if (ranking == Ranking.VOCABULARY && neededShare == 0) {
            long[] best = logits.argMax(1).toLongArray();
            for (int i = 0; i < best.length; i++) {
                right.add(best[i] == questions.get(i).answer);
            }
            return right;
        }
        int[] columns = questions.stream()
                .flatMapToInt(question -> IntStream.of(question.candidates))
                .sorted()
                .distinct()
                .toArray();
        float[] values = logits.get(new NDIndex(":, {}", indices(logits.getManager(), columns)))
                .toFloatArray();
        for (int i = 0; i < questions.size(); i++) {
            Question question = questions.get(i);
            int row = i * columns.length;
            float[] scores = new float[question.candidates.length];
            for (int c = 0; c < scores.length; c++) {
                scores[c] = values[row + Arrays.binarySearch(columns, question.candidates[c])];
            }
            int answer = Arrays.binarySearch(question.candidates, question.answer);
            right.add(neededShare > 0 ? share(scores, answer) > neededShare : best(scores) == answer);
        }
        return right;
    }

    /** The first of the largest. */
    static int best(float[] scores) {
        int best = 0;
        for (int c = 1; c < scores.length; c++) {
            if (scores[c] > scores[best]) {
                best = c;
            }
        }
        return best;
    }

    /** The probability of one of several tokens in proportion to that of all of them. */
    static double share(float[] logits, int one) {
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp((double) logit - logits[one]);
        }
        return 1 / sum;
    }

    private static NDArray indices(NDManager manager, int[] indices) {
        return manager.create(Arrays.stream(indices).asLongStream().toArray());
    }

    private static List<SequenceScore> split(List<Boolean> right, List<ProbeSequence> sequences) {
        List<SequenceScore> scores = new ArrayList<>();
        int from = 0;
        for (ProbeSequence sequence : sequences) {
            scores.add(new SequenceScore(right.subList(from, from + sequence.scored())));
            from += sequence.scored();
        }
        return scores;
    }
}
