package org.statecraft.workbench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.workbench.gate.Made.POLICY;
import static org.statecraft.workbench.gate.Made.accuracy;
import static org.statecraft.workbench.gate.Made.bare;
import static org.statecraft.workbench.gate.Made.base;
import static org.statecraft.workbench.gate.Made.baseline;
import static org.statecraft.workbench.gate.Made.documents;
import static org.statecraft.workbench.gate.Made.key;
import static org.statecraft.workbench.gate.Made.ones;
import static org.statecraft.workbench.gate.Made.run;
import static org.statecraft.workbench.gate.Made.score;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.statecraft.eval.statistics.PairedBinary;
import org.statecraft.workbench.run.RunState;

/** The verdict, from numbers in memory. */
class GateJudgeTest {

    @Test
    void identicalScoresPass() {
        double[] values = ones(200, 120);

        assertEquals(Outcome.PASS, accuracy(0.02, values, values).outcome());
        assertEquals(
                Outcome.PASS,
                accuracy(0.02, new double[] {0.3, 2.5, 1}, new double[] {0.3, 2.5, 1})
                        .outcome());
    }

    /** Of 200 documents, margin 0.05: what is lost decides. */
    @ParameterizedTest
    @CsvSource({"0, PASS", "2, PASS", "10, INCONCLUSIVE", "12, INCONCLUSIVE", "30, FAIL", "120, FAIL"})
    void aDropInsideTheMarginPassesOneBeyondItFailsOneAtItIsInconclusive(int lost, Outcome outcome) {
        MetricVerdict verdict = accuracy(0.05, ones(200, 120), ones(200, 120 - lost));

        assertEquals(outcome, verdict.outcome(), verdict::toString);
        assertEquals(Method.PAIRED_EXACT, verdict.comparison().method());
        assertEquals(lost, verdict.comparison().counts().lost());
        assertEquals(0, verdict.comparison().counts().won());
        assertEquals(-lost / 200.0, verdict.comparison().change(), 1e-12);
    }

    @Test
    void lostAndWonDocumentsAreCountedApart() {
        double[] before = {1, 1, 1, 0, 0, 1};
        double[] after = {0, 1, 0, 1, 0, 1};

        MetricVerdict verdict = accuracy(0.1, before, after);

        assertEquals(2, verdict.comparison().counts().lost());
        assertEquals(1, verdict.comparison().counts().won());
        assertEquals(1, verdict.comparison().counts().mcNemarP(), 1e-12);
    }

    @Test
    void theDirectionIsThatOfTheTask() {
        Baseline baseline = baseline(base("acc", 0.05, ones(200, 60)));
        CandidateScores more = run(score(false, ones(200, 90)));
        CandidateScores fewer = run(score(false, ones(200, 30)));

        assertEquals(Outcome.FAIL, GateJudge.judge(baseline, more, POLICY).outcome());
        assertEquals(Outcome.PASS, GateJudge.judge(baseline, fewer, POLICY).outcome());
    }

    /** Differences of 0.1, 0.2, ... around a shift: by hand, sd 0.1581 and stderr 0.0707 at five documents. */
    @ParameterizedTest
    @CsvSource({"0, PASS", "0.5, INCONCLUSIVE", "1, FAIL"})
    void realScoresAreTestedByStudentsT(double rise, Outcome outcome) {
        double[] before = {5, 9, 1, 7, 3};
        double[] after = new double[5];
        for (int i = 0; i < 5; i++) {
            after[i] = before[i] + rise + 0.1 * (i - 2);
        }
        MetricVerdict verdict = GateJudge.judge(baseline(base("acc", 0.5, before)), run(score(false, after)), POLICY)
                .metrics()
                .get(0);

        assertEquals(outcome, verdict.outcome(), verdict::toString);
        assertEquals(Method.PAIRED_T, verdict.comparison().method());
        // t(0.95, 4) = 2.131847
        assertEquals(
                rise - 2.131847 * 0.0707107, verdict.comparison().interval().low(), 1e-6);
    }

    @Test
    void severalMetricsAreCorrectedByHolm() {
        // alone, this one passes with p 0.02
        double[] before = ones(200, 120);
        double[] after = ones(200, 117);
        assertEquals(Outcome.PASS, accuracy(0.05, before, after).outcome());

        Map<MetricKey, CandidateScore> scores = new LinkedHashMap<>();
        BaselineMetric[] metrics = new BaselineMetric[6];
        for (int i = 0; i < 6; i++) {
            metrics[i] = base("m" + i, 0.05, before);
            scores.put(key("m" + i), score(true, i == 0 ? before : after));
        }
        Verdict verdict = GateJudge.judge(baseline(metrics), run(scores), POLICY);

        assertEquals(Outcome.PASS, verdict.metrics().get(0).outcome());
        assertEquals(Outcome.INCONCLUSIVE, verdict.metrics().get(1).outcome());
        assertEquals(Outcome.INCONCLUSIVE, verdict.outcome());
        MetricVerdict first = verdict.metrics().get(0);
        MetricVerdict second = verdict.metrics().get(1);
        assertEquals(6 * first.comparison().test().notWorse(), first.adjusted().notWorse(), 1e-12);
        assertEquals(
                5 * second.comparison().test().notWorse(), second.adjusted().notWorse(), 1e-12);
    }

    @Test
    void theWorstMetricDecidesTheRun() {
        Map<MetricKey, CandidateScore> scores =
                Map.of(key("good"), score(true, ones(300, 200)), key("bad"), score(true, ones(300, 20)));
        Baseline baseline = baseline(base("good", 0.05, ones(300, 200)), base("bad", 0.05, ones(300, 200)));

        assertEquals(
                Outcome.FAIL, GateJudge.judge(baseline, run(scores), POLICY).outcome());
    }

    @Test
    void whatCannotBeComparedIsAnErrorAndAllIsListed() {
        CandidateScore good = score(true, ones(300, 200));
        Map<MetricKey, CandidateScore> scores = new LinkedHashMap<>();
        scores.put(key("empty"), new CandidateScore(null, null, 0, true, "1.0", "hash", null, null));
        scores.put(key("nan"), new CandidateScore(Double.NaN, null, 300, true, "1.0", "hash", null, good.documents()));
        scores.put(key("version"), new CandidateScore(0.5, null, 300, true, "2.0", "hash", null, good.documents()));
        scores.put(key("prompt"), new CandidateScore(0.5, null, 300, true, "1.0", "else", null, good.documents()));
        scores.put(key("documents"), score(true, ones(299, 200)));
        scores.put(key("unknown"), new CandidateScore(0.5, null, 300, true, "1.0", null, null, null));
        scores.put(key("fine"), good);
        List<String> names = List.of("missing", "empty", "nan", "version", "prompt", "documents", "unknown", "fine");
        Baseline baseline = baseline(
                names.stream().map(name -> base(name, 0.05, ones(300, 200))).toArray(BaselineMetric[]::new));
        CandidateScores run = new CandidateScores("candidate", RunState.FAILED, scores, Map.of());

        Verdict verdict = GateJudge.judge(baseline, run, POLICY);

        assertEquals(Outcome.ERROR, verdict.outcome());
        List<String> problems = Made.problems(verdict);
        assertEquals(8, problems.size(), problems::toString);
        List<String> expected = List.of(
                "is FAILED",
                "no such score",
                "no document",
                "not a number",
                "version 2.0",
                "task hash",
                "of 300 1 are missing",
                "cannot be checked");
        for (int i = 0; i < expected.size(); i++) {
            assertTrue(problems.get(i).contains(expected.get(i)), problems.get(i));
        }
        assertEquals(Outcome.PASS, verdict.metrics().get(7).outcome());
        assertTrue(verdict.metrics().stream()
                .limit(7)
                .allMatch(metric -> metric.outcome() == Outcome.ERROR && metric.comparison() == null));
    }

    @Test
    void nothingToJudgeIsAnError() {
        assertEquals(
                Outcome.ERROR,
                GateJudge.judge(baseline(), run(Map.of()), POLICY).outcome());
    }

    @Test
    void scoresFromElsewhereAreComparedByTheirErrors() {
        Baseline baseline = baseline(bare("acc", 0.1, 0.6, 0.03, 200));
        CandidateScore score = new CandidateScore(0.5, 0.04, 500, true, "7", null, null, null);
        MetricVerdict verdict =
                GateJudge.judge(baseline, run(score), POLICY).metrics().get(0);

        assertEquals(Method.UNPAIRED, verdict.comparison().method());
        assertEquals(0.5, verdict.adjusted().notWorse(), 1e-9);
        assertEquals(Outcome.INCONCLUSIVE, verdict.outcome());
        assertTrue(verdict.comparison().note().startsWith("unpaired"));
    }

    @ParameterizedTest
    @CsvSource({"2.6, FAIL", "2.5, PASS", "2.1, PASS"})
    void aScoreWithoutAnErrorIsComparedByItsValue(double value, Outcome outcome) {
        DocumentScores one = Made.documents(2.25);
        BaselineMetric base = new BaselineMetric(
                key("acc"), 2.25, null, 1, 0.25, null, "1.0", one.hash(), "hash", null, null, null, one);
        CandidateScore score = new CandidateScore(value, null, 1, false, "1.0", "hash", null, Made.documents(value));
        MetricVerdict verdict =
                GateJudge.judge(baseline(base), run(score), POLICY).metrics().get(0);

        assertEquals(outcome, verdict.outcome());
        assertEquals(Method.BY_VALUE, verdict.comparison().method());
        assertNull(verdict.adjusted());
    }

    @Test
    void theSameAnswersPassHoweverFewTheDocuments() {
        double[] values = ones(5, 3);
        CandidateScore same = new CandidateScore(0.6, null, 5, true, "1.0", "hash", "answers", Made.documents(values));
        CandidateScore others = score(true, values);
        Baseline baseline = baseline(base("acc", 0.01, values));

        assertEquals(Outcome.PASS, GateJudge.judge(baseline, run(same), POLICY).outcome());
        assertEquals(
                Outcome.INCONCLUSIVE,
                GateJudge.judge(baseline, run(others), POLICY).outcome());
    }

    @ParameterizedTest
    @CsvSource({"100, PASS", "90, PASS", "110, PASS", "111, FAIL", "89, FAIL"})
    void aGuardHoldsAQuantityBetweenItsRatios(double tokens, Outcome outcome) {
        Quantity quantity = new Quantity("generatedTokens", "after", "toy");
        Baseline plain = baseline(base("acc", 0.05, ones(100, 50)));
        Baseline guarded = new Baseline(
                null,
                null,
                "me",
                "why",
                "now",
                null,
                null,
                plain.metrics(),
                List.of(new Guard(quantity, 100, 0.9, 1.1)));
        CandidateScores run = run(score(true, ones(100, 50)));

        assertEquals(
                outcome,
                GateJudge.judge(guarded, run.with(quantity, tokens), POLICY).outcome());
        assertEquals(Outcome.ERROR, GateJudge.judge(guarded, run, POLICY).outcome());
    }

    @Test
    void recoveryIsWhatIsLeftOfTheLeadOverGuessing() {
        DocumentScores documents = Made.documents(ones(100, 75));
        BaselineMetric base = new BaselineMetric(
                key("acc"), 0.75, null, 100, 0.05, 0.25, "1.0", documents.hash(), "hash", null, null, null, documents);
        MetricVerdict verdict = GateJudge.judge(baseline(base), run(score(true, ones(100, 50))), POLICY)
                .metrics()
                .get(0);

        assertEquals(2 / 3.0, verdict.ratio(), 1e-12);
        assertEquals(0.5, verdict.recovery(), 1e-12);
        assertNull(accuracy(0.05, ones(100, 75), ones(100, 50)).recovery());
    }

    /**
     * 1,000 pairs of 200 documents each, margin 0.05; the table in docs/gate.md has these rates.
     */
    @Test
    void ratesOfWrongVerdictsOfSimulatedPairsStayWithinAlpha() {
        long seed = 20261128;
        double bound = 0.05 + 3 * Math.sqrt(0.05 * 0.95 / 1000);
        for (boolean binary : new boolean[] {true, false}) {
            for (double drop : new double[] {0, 0.025, 0.05, 0.1, 0.15}) {
                Map<Outcome, Integer> counts = simulate(binary, drop, new Random(seed));
                System.out.println((binary ? "0/1" : "real") + " scores, drop " + drop + ": " + counts);
                if (drop >= 0.05) {
                    assertTrue(counts.getOrDefault(Outcome.PASS, 0) <= 1000 * bound, "wrong PASS, seed " + seed);
                }
                if (drop <= 0.05) {
                    assertTrue(counts.getOrDefault(Outcome.FAIL, 0) <= 1000 * bound, "wrong FAIL, seed " + seed);
                }
            }
        }
        assertTrue(simulate(false, 0, new Random(seed)).get(Outcome.PASS) > 900, "an unchanged model passes");
        assertTrue(simulate(false, 0.15, new Random(seed)).get(Outcome.FAIL) > 900, "a large drop fails");
    }

    private static Map<Outcome, Integer> simulate(boolean binary, double drop, Random random) {
        // counting is quick, testing is not
        Map<PairedBinary, Outcome> known = new HashMap<>();
        Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
        for (int i = 0; i < 1000; i++) {
            double[] before = new double[200];
            double[] after = new double[200];
            for (int d = 0; d < 200; d++) {
                if (binary) {
                    before[d] = random.nextDouble() < 0.6 ? 1 : 0;
                    // lost with 0.05 + drop, won with 0.05
                    boolean changed = random.nextDouble() < (before[d] == 1 ? (0.05 + drop) / 0.6 : 0.05 / 0.4);
                    after[d] = changed ? 1 - before[d] : before[d];
                } else {
                    before[d] = random.nextGaussian();
                    after[d] = before[d] - drop + 0.2 * random.nextGaussian();
                }
            }
            Outcome outcome = binary
                    ? known.computeIfAbsent(PairedBinary.of(before, after), counted -> accuracy(0.05, before, after)
                            .outcome())
                    : accuracy(0.05, before, after).outcome();
            counts.merge(outcome, 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void theSelfTestIsPassedOnlyIfEveryWorsenedCopyIsCaught() {
        Baseline baseline = baseline(base("acc", 0.05, ones(200, 120)), base("loss", 0.1, 1, 2, 4, 3, 2));
        CandidateScores run =
                run(Map.of(key("acc"), score(true, ones(200, 119)), key("loss"), score(false, 1.01, 2, 4, 3, 1.99)));

        SelfTest.Result caught = SelfTest.of(baseline, run, POLICY);
        assertTrue(caught.passed(), caught.lines()::toString);
        assertTrue(
                caught.lines().stream().anyMatch(line -> line.startsWith("caught: after/toy/acc")),
                caught.lines()::toString);
        SelfTest.Result disabled = SelfTest.of(baseline, run, POLICY, (score, amount) -> score);
        assertTrue(!disabled.passed(), disabled.lines()::toString);
        CandidateScores bad =
                run(Map.of(key("acc"), score(true, ones(200, 20)), key("loss"), score(false, 1, 2, 4, 3, 2)));
        assertTrue(!SelfTest.of(baseline, bad, POLICY).passed(), "the run fails as it is");
    }

    @Test
    void aScoreThatCannotGetWorseIsNotCaught() {
        Baseline baseline = baseline(base("acc", 0.05, new double[100]));

        SelfTest.Result result = SelfTest.of(baseline, run(score(true, new double[100])), POLICY);

        assertTrue(!result.passed(), result.lines()::toString);
        assertTrue(result.lines().get(1).startsWith("NOT CAUGHT"), result.lines()::toString);
    }

    @Test
    void worseningTakesTheAmountFromEveryDocumentOrFromAsManyAsItTakes() {
        CandidateScore binary = Worsening.byDocument(score(true, 1, 0, 1, 1, 1), 0.4);
        CandidateScore real = Worsening.byDocument(score(false, 1, 2.5), 0.5);

        assertEquals(0.4, binary.value(), 1e-12);
        assertEquals(List.of(0.0, 0.0, 0.0, 1.0, 1.0), boxed(binary));
        assertEquals(2.25, real.value(), 1e-12);
        assertEquals(List.of(1.5, 3.0), boxed(real));
    }

    /** As a probe's slice: its metric leaves out the sequences of all other slices. */
    @Test
    void aScoreOfSomeDocumentsPairsUpWhereBothCountTheSameOnes() {
        double none = Double.NaN;
        DocumentScores before = documents(none, 1, 1, none, 0);
        BaselineMetric base = new BaselineMetric(
                key("acc"), 2 / 3.0, 0.3, 3, 0.1, null, "1.0", before.hash(), "hash", "a", null, null, before);
        CandidateScore same =
                new CandidateScore(1 / 3.0, 0.3, 3, true, "1.0", "hash", "b", documents(none, 1, 0, none, 0));
        CandidateScore others =
                new CandidateScore(1 / 3.0, 0.3, 3, true, "1.0", "hash", "b", documents(0, 1, none, none, 0));

        MetricVerdict.Comparison paired = GateJudge.judge(baseline(base), run(same), POLICY)
                .metrics()
                .get(0)
                .comparison();
        assertEquals(Method.PAIRED_EXACT, paired.method());
        assertEquals(3, paired.counts().n());
        assertEquals(1, paired.counts().lost());
        assertEquals(
                Method.UNPAIRED,
                GateJudge.judge(baseline(base), run(others), POLICY)
                        .metrics()
                        .get(0)
                        .comparison()
                        .method());
        CandidateScore worse = Worsening.byDocument(same, 0.2);
        assertEquals(0, worse.value());
        assertTrue(Double.isNaN(worse.documents().shares()[0]));
    }

    private static List<Double> boxed(CandidateScore score) {
        return DoubleStream.of(score.documents().shares()).boxed().toList();
    }
}
