package org.statecraft.eval.spider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.eval.spider.SpiderFixtures.Gold;

/** The 1,034 example predictions of the benchmark and what its evaluator printed of them in 2018. */
class SpiderTableTest {
    private static List<Gold> gold;
    private static List<String> predictions;
    private static List<SpiderScore> scores;
    private static List<String> printed;

    @BeforeAll
    static void score() {
        gold = SpiderFixtures.gold(SpiderFixtures.file("gold_example.txt.gz"));
        predictions = SpiderFixtures.predictions(SpiderFixtures.file("pred_example.txt.gz"));
        scores = SpiderFixtures.scores(gold, predictions, SpiderFixtures.ENGLISH, null);
        printed = EvalFixtures.lines(SpiderFixtures.file("eval_result_example.txt.gz"));
    }

    @Test
    void theTableIsTheOneThatTheBenchmarkPrinted() {
        int start = printed.size() - 1;
        while (!printed.get(start).contains("easy  ")) {
            start--;
        }
        assertEquals(
                stripped(printed.subList(start, printed.size())),
                stripped(SpiderTable.of(asOf2018()).render().lines().toList()));
    }

    @Test
    void theSameQueriesMatchOneByOne() {
        List<String> expected = printed.stream()
                .filter(line -> line.matches("(easy|medium|hard|extra) (pred|gold): .*"))
                .toList();
        List<SpiderScore> old = asOf2018();
        List<String> found = new ArrayList<>();
        for (int i = 0; i < old.size(); i++) {
            if (!old.get(i).exact()) {
                String hardness = old.get(i).hardness().label();
                found.add(hardness + " pred: " + predictions.get(i));
                found.add(hardness + " gold: " + gold.get(i).sql());
            }
        }
        assertEquals(expected, found);
    }

    /** What the evaluator of today prints of the same pairs: run at the commit that the fixtures' SOURCE.md names. */
    @Test
    void theEvaluatorOfTodayAlsoAsksForTheTableOfAQueryWithOne() {
        List<String> exact = SpiderTable.of(scores).levels().stream()
                .map(level -> String.format(Locale.ROOT, "%s %d %.3f", level.name(), level.count(), level.exact()))
                .toList();
        assertEquals(
                List.of("easy 250 0.852", "medium 440 0.720", "hard 174 0.718", "extra 170 0.388", "all 1034 0.697"),
                exact);
    }

    /** The printed result is from September 2018, when tables were compared only where the gold query has two or more. */
    private static List<SpiderScore> asOf2018() {
        List<SpiderScore> old = new ArrayList<>();
        for (int i = 0; i < scores.size(); i++) {
            SpiderScore score = scores.get(i);
            SpiderSchema schema = SpiderFixtures.ENGLISH.get(gold.get(i).dbId());
            int tables =
                    SpiderSql.parse(gold.get(i).sql(), schema).from().sources().size();
            boolean exact = tables > 1
                    ? score.exact()
                    : score.components().values().stream().allMatch(ComponentScore::matches);
            old.add(new SpiderScore(
                    new ExactSetMatch(exact, score.components()),
                    score.hardness(),
                    score.execution(),
                    score.unparsable()));
        }
        return old;
    }

    @Test
    void nothingIsExecutedWithoutDatabases() {
        assertTrue(scores.stream().allMatch(score -> score.executed() == null));
        assertEquals(0, SpiderTable.of(scores).all().executable());
    }

    @Test
    void theTableOfNoQueriesHasNoQuotientOfZeros() {
        SpiderTable.Level all = SpiderTable.of(List.of()).all();
        assertEquals(0, all.count());
        assertEquals(0.0, all.exact());
        assertEquals(0.0, all.components().get(Component.SELECT).accuracy());
    }

    private static List<String> stripped(List<String> lines) {
        return lines.stream().map(String::stripTrailing).toList();
    }
}
