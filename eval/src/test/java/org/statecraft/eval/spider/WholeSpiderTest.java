package org.statecraft.eval.spider;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.statecraft.eval.spider.SpiderFixtures.Gold;

/** All German gold queries on all their databases, where {@code -Dstatecraft.data=DIR} says where the data is. */
@EnabledIfSystemProperty(named = "statecraft.data", matches = ".+")
class WholeSpiderTest {
    @Test
    void everyGoldQueryIsRightAndThoseThatQuoteNoReservedWordRun() {
        Path data = Path.of(System.getProperty("statecraft.data"), "spider", "machine_spider_de");
        List<Gold> gold = SpiderFixtures.gold(data.resolve("dev_gold.sql"));
        List<SpiderScore> scores = SpiderFixtures.scores(
                gold,
                gold.stream().map(Gold::sql).toList(),
                SpiderSchema.read(data.resolve("tables.json.gz")),
                SqlExecution.over(data.resolve("database")));
        SpiderTable table = SpiderTable.of(scores);
        SpiderTable.Level all = table.all();
        assertEquals(
                List.of(1030, 978, 52), List.of(all.count(), all.executable(), all.goldFailures()), table.render());
        assertEquals(1.0, all.executed(), table.render());
        assertEquals(1.0, all.exact(), table.render());
    }
}
