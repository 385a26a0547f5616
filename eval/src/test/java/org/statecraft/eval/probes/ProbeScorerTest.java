package org.statecraft.eval.probes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.eval.scoring.Progress;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.Tokenizer;

class ProbeScorerTest {
    private static final Progress SILENT = (done, total) -> {};
    private static LanguageModel model;
    private static Tokenizer tokenizer;

    @BeforeAll
    static void load() {
        model = EvalFixtures.model();
        tokenizer = EvalFixtures.tokenizer();
    }

    @AfterAll
    static void close() {
        tokenizer.close();
        model.close();
    }

    private static List<ProbeSequence> sequences(TokenProbe probe, ProbeSlice slice) {
        return ProbeData.draw(probe, slice, Split.TEST, 9, 7);
    }

    private static SliceScore score(
            TokenProbe probe, ProbeSlice slice, SymbolTokens tokens, Ranking ranking, int batch) {
        return new ProbeScorer(model, tokens, ranking, batch).score(probe, slice, sequences(probe, slice), SILENT);
    }

    /** The probabilities of the candidates, but for a factor, at each position of one sequence read alone. */
    private static List<double[]> probabilities(ProbeSequence sequence, SymbolTokens tokens) {
        try (NDManager scope = model.newScope()) {
            TokenBatch alone = TokenBatch.padded(scope, List.of(tokens.input(sequence)));
            NDArray hidden = model.forward(alone, null, null).hidden();
            NDArray logits = model.logits(hidden.squeeze(0));
            List<double[]> probabilities = new ArrayList<>();
            for (int t = 0; t < sequence.input().length; t++) {
                float[] row = logits.get(t).toFloatArray();
                probabilities.add(IntStream.of(sequence.candidates())
                        .mapToDouble(candidate -> Math.exp(row[tokens.id(candidate)]))
                        .toArray());
            }
            return probabilities;
        }
    }

    @ParameterizedTest
    @CsvSource({"parity,T=5-20", "dyck-1,T=2-20", "word-s3,T=3-12", "mqar,T=16 k=4", "bounded-dyck,T=2-40"})
    void positionsAreJudgedByTheLogitsOfTheSequenceAlone(String name, String label) {
        TokenProbe probe = TokenProbe.of(name, name.equals("mqar") ? Map.of("vocab", "64") : Map.of());
        ProbeSlice slice = ProbeSlice.parse(label);
        SymbolTokens tokens = SymbolTokens.words(probe, tokenizer);
        SliceScore score = score(probe, slice, tokens, Ranking.CANDIDATES, 3);
        List<ProbeSequence> sequences = sequences(probe, slice);
        for (int s = 0; s < sequences.size(); s++) {
            ProbeSequence sequence = sequences.get(s);
            List<Boolean> right = new ArrayList<>();
            List<double[]> probabilities = probabilities(sequence, tokens);
            for (int t = 0; t < sequence.labels().length; t++) {
                if (sequence.labels()[t] != ProbeSequence.IGNORED) {
                    double[] p = probabilities.get(t);
                    int answer =
                            IntStream.of(sequence.candidates()).boxed().toList().indexOf(sequence.labels()[t]);
                    double all = Arrays.stream(p).sum();
                    right.add(
                            probe.neededShare() > 0
                                    ? p[answer] / all > probe.neededShare()
                                    : Arrays.stream(p).allMatch(other -> other <= p[answer]));
                }
            }
            assertEquals(right, score.sequences().get(s).right(), "sequence " + s);
        }
    }

    @Test
    void theWholeVocabularyIsHarderThanTheCandidates() {
        TokenProbe probe = TokenProbe.of("parity", Map.of());
        ProbeSlice slice = ProbeSlice.parse("T=20-30");
        SymbolTokens tokens = SymbolTokens.identity(probe);
        SliceScore among = score(probe, slice, tokens, Ranking.CANDIDATES, 8);
        SliceScore all = score(probe, slice, tokens, Ranking.VOCABULARY, 8);
        assertTrue(among.positions().value() > 0.2);
        assertTrue(all.positions().value() < 0.01, "two symbols of 50,288 tokens");
        assertEquals(0.5, among.chance());
        assertEquals(1.0 / model.config().vocabSize(), all.chance());
    }

    @Test
    void batchSizeAndOrderChangeNoScore() {
        TokenProbe probe = TokenProbe.of("tomita-5", Map.of());
        SymbolTokens tokens = SymbolTokens.words(probe, tokenizer);
        ProbeSlice slice = ProbeSlice.parse("T=2-60");
        assertEquals(
                score(probe, slice, tokens, Ranking.CANDIDATES, 1),
                score(probe, slice, tokens, Ranking.CANDIDATES, 64));
    }

    @Test
    void aSliceReportsPositionsAndWholeSequences() {
        SliceScore score = new SliceScore(
                ProbeSlice.parse("T=4"),
                List.of(
                        new SequenceScore(List.of(true, true, true, true)),
                        new SequenceScore(List.of(true, false)),
                        new SequenceScore(List.of(false, false, false, false))),
                0.5,
                0.5);
        assertEquals(new SliceScore.Mean(0.5, Math.sqrt(0.25 / 3), 3), score.positions());
        assertEquals(1 / 3.0, score.whole().value(), 1e-15);
        assertNull(new SliceScore(score.slice(), score.sequences().subList(0, 1), 0, 0)
                .whole()
                .stderr());
    }

    @Test
    void skewedAnswersMakeAConstantOneGood() {
        List<ProbeSequence> sequences = List.of(
                new ProbeSequence(new int[] {0, 0, 0, 0}, new int[] {1, 1, 1, 0}, new int[] {0, 1, 2}),
                new ProbeSequence(new int[] {0, 0}, new int[] {ProbeSequence.IGNORED, 1}, new int[] {0, 1}));
        Baselines baselines = new Baselines(sequences);
        assertEquals((0.75 + 1) / 2, baselines.constant());
        assertEquals((1 / 3.0 + 0.5) / 2, baselines.guess(), 1e-15);
    }

    @Test
    void ofEquallyLikelyCandidatesTheFirstCounts() {
        assertEquals(1, ProbeScorer.best(new float[] {0, 2, 2}));
        assertEquals(0.25, ProbeScorer.share(new float[] {3, 3, 3, 3}, 2), 1e-12);
    }

    @Test
    void wordsAreDifferentSingleTokensAndRunOut() {
        TokenProbe probe = TokenProbe.of("word-s5", Map.of());
        int[] ids = SymbolTokens.words(probe, tokenizer).ids(Draws.range(0, 120));
        assertEquals(120, IntStream.of(ids).distinct().count());
        for (int id : ids) {
            assertTrue(tokenizer.decode(new int[] {id}).matches(" [a-z]{4,}"));
        }
        TokenProbe large = TokenProbe.of("mqar", Map.of("vocab", "60000"));
        assertThrows(InputException.class, () -> SymbolTokens.words(large, tokenizer));
    }

    @Test
    void aModelWithoutRowsForTheSymbolsIsAnError() {
        TokenProbe large = TokenProbe.of("mqar", Map.of("vocab", "60000"));
        InputException thrown = assertThrows(
                InputException.class,
                () -> new ProbeScorer(model, SymbolTokens.identity(large), Ranking.VOCABULARY, 4));
        assertTrue(thrown.getMessage().contains("59999"), thrown.getMessage());
    }
}
