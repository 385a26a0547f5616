package org.statecraft.eval.spider;

import java.util.Map;
import org.statecraft.model.InputException;

/**
 * The scores of one predicted query.
 *
 * @param hardness of the gold query
 * @param unparsable why the prediction counts as an empty query, or null
 */
public record SpiderScore(ExactSetMatch match, Hardness hardness, Execution execution, String unparsable) {

    /**
     * Scores a prediction.
     *
     * @param databases where to run both queries, or null for the exact set match alone
     * @throws InputException if the gold query cannot be parsed, or the schema or the database is not there
     */
    public static SpiderScore of(
            String gold, String prediction, String dbId, Map<String, SpiderSchema> schemas, SqlExecution databases) {
        SpiderSchema schema = schemas.get(dbId);
        if (schema == null) {
            throw new InputException("No schema of database '" + dbId + "'; the tables file has " + schemas.size()
                    + " others. Use the tables.json that belongs to these queries.");
        }
        SpiderSql goldSql = parseGold(gold, schema);
        SpiderSql predictionSql = SpiderSql.EMPTY;
        String unparsable = null;
        try {
            predictionSql = SpiderSql.parse(prediction, schema);
        } catch (InputException e) {
            unparsable = e.getMessage();
        }
        SpiderSql wanted = Normalization.of(goldSql, schema);
        SpiderSql found = Normalization.of(predictionSql, schema);
        Execution execution = databases == null
                ? Execution.NOT_RUN
                : databases.compare(
                        dbId, new SqlExecution.Query(gold, wanted), new SqlExecution.Query(prediction, found));
        return new SpiderScore(ExactSetMatch.ofNormalized(wanted, found), Hardness.of(goldSql), execution, unparsable);
    }

    public boolean exact() {
        return match.exact();
    }

    public Map<Component, ComponentScore> components() {
        return match.components();
    }

    /** Whether both queries give the same values; null where that is not known, {@link Execution#reason} says why. */
    public Boolean executed() {
        return execution.matches();
    }

    private static SpiderSql parseGold(String gold, SpiderSchema schema) {
        try {
            return SpiderSql.parse(gold, schema);
        } catch (InputException e) {
            throw new InputException(
                    "The gold query cannot be parsed " + e.getMessage() + ". The query: " + gold
                            + "\nA gold query must be one that the benchmark's own evaluator accepts; mend or drop it.",
                    e);
        }
    }
}
