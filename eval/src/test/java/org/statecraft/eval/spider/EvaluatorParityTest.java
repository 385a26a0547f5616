package org.statecraft.eval.spider;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Damaged and altered gold queries, scored by the benchmark's own evaluator. */
class EvaluatorParityTest {
    @Test
    void alteredQueriesScoreAsTheBenchmarkScoresThem() {
        check("mutations_en.jsonl.gz", SpiderFixtures.ENGLISH, null);
    }

    @Test
    void alteredQueriesRunAsTheBenchmarkRunsThem() {
        check("mutations_de.jsonl.gz", SpiderFixtures.GERMAN, SqlExecution.over(SpiderFixtures.databases()));
    }

    private static void check(String file, Map<String, SpiderSchema> schemas, SqlExecution databases) {
        int line = 0;
        for (JsonNode expected : SpiderFixtures.objects(file)) {
            SpiderScore score = SpiderScore.of(
                    expected.path("gold").asText(),
                    expected.path("pred").asText(),
                    expected.path("db").asText(),
                    schemas,
                    databases);
            String place = file + ":" + ++line + " " + expected + "\nfound " + score;
            assertEquals(expected.path("parsed").asBoolean(), score.unparsable() == null, place);
            assertEquals(expected.path("hardness").asText(), score.hardness().label(), place);
            assertEquals(expected.path("exact").asBoolean(), score.exact(), place);
            for (Component component : Component.values()) {
                JsonNode part = expected.path("partial").path(component.label());
                ComponentScore same = new ComponentScore(
                        part.path(0).asInt(), part.path(1).asInt(), part.path(2).asInt() == 1);
                assertEquals(same, score.components().get(component), place);
            }
            if (databases != null) {
                JsonNode executed = expected.path("exec");
                assertEquals(executed.isNull() ? null : (Boolean) executed.asBoolean(), score.executed(), place);
            }
        }
    }
}
