package org.statecraft.eval.spider;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.model.testing.Fixtures;

/** Reads {@code fixtures/eval/spider}. */
final class SpiderFixtures {
    /** The original English schemas, and those of the German databases. */
    static final Map<String, SpiderSchema> ENGLISH = SpiderSchema.read(file("tables.json.gz"));

    static final Map<String, SpiderSchema> GERMAN = SpiderSchema.read(file("tables_de.json.gz"));

    private SpiderFixtures() {}

    /** A query and its database. */
    record Gold(String sql, String dbId) {
        static Gold of(String line) {
            String[] parts = line.strip().split("\t", -1);
            return new Gold(parts[0], parts[1]);
        }
    }

    static Path file(String name) {
        return Fixtures.dir("eval", "spider").resolve(name);
    }

    static Path databases() {
        return file("database");
    }

    static List<Gold> gold(Path file) {
        return EvalFixtures.lines(file).stream()
                .filter(line -> !line.isBlank())
                .map(Gold::of)
                .toList();
    }

    static List<String> predictions(Path file) {
        return EvalFixtures.lines(file).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(line -> line.split("\t", -1)[0])
                .toList();
    }

    static List<JsonNode> objects(String name) {
        return EvalFixtures.objects(file(name));
    }

    static List<SpiderScore> scores(
            List<Gold> gold, List<String> predictions, Map<String, SpiderSchema> schemas, SqlExecution databases) {
        List<SpiderScore> scores = new ArrayList<>();
        for (int i = 0; i < gold.size(); i++) {
            scores.add(SpiderScore.of(
                    gold.get(i).sql(), predictions.get(i), gold.get(i).dbId(), schemas, databases));
        }
        return scores;
    }
}
