package org.statecraft.eval.spider;

import java.util.Locale;
import java.util.stream.Stream;
import org.statecraft.eval.spider.SpiderSql.Aggregate;
import org.statecraft.eval.spider.SpiderSql.Column;
import org.statecraft.eval.spider.SpiderSql.Comparison;
import org.statecraft.eval.spider.SpiderSql.Connective;
import org.statecraft.eval.spider.SpiderSql.Expression;

/**
 * How hard a gold query is, counted from its parts before any normalisation.
 *
 * <p>Three counts decide: clauses (WHERE, GROUP BY, ORDER BY, LIMIT, each table beyond the first, each OR, each LIKE), inner queries
 * (those that are values, and set operations), and excesses (more than one aggregate, result column, entry of WHERE or grouping
 * column). Source: {@code methods/evaluation.md}, section 6.4.
 */
public enum Hardness {
    EASY,
    MEDIUM,
    HARD,
    EXTRA;

    /** Name in the benchmark's table. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Hardness of(SpiderSql gold) {
        int clauses = clauses(gold);
        int inner = innerQueries(gold);
        int excesses = excesses(gold);
        if (clauses <= 1 && excesses == 0) {
            return inner == 0 ? EASY : inner == 1 ? HARD : EXTRA;
        }
        if (inner > 0) {
            return EXTRA;
        }
        if ((excesses <= 2 && clauses <= 1) || (clauses <= 2 && excesses < 2)) {
            return MEDIUM;
        }
        boolean manyExcesses = excesses > 2 && clauses <= 2;
        boolean threeClauses = clauses == 3 && excesses <= 2;
        return manyExcesses || threeClauses ? HARD : EXTRA;
    }

    private static int clauses(SpiderSql query) {
        long alternatives = query.conditions()
                .flatMap(condition -> condition.connectives().stream())
                .filter(connective -> connective == Connective.OR)
                .count();
        long patterns =
                comparisons(query).filter(comparison -> comparison.is("like")).count();
        return count(
                        !query.where().isEmpty(),
                        !query.groupBy().isEmpty(),
                        query.orderBy() != null,
                        query.limit() != null)
                + Math.max(0, query.from().sources().size() - 1)
                + (int) (alternatives + patterns);
    }

    private static int innerQueries(SpiderSql query) {
        return (int) comparisons(query).flatMap(Comparison::queries).count() + count(query.setOperation() != null);
    }

    private static int excesses(SpiderSql query) {
        return count(
                aggregates(query) > 1,
                query.select().items().size() > 1,
                query.where().length() > 1,
                query.groupBy().size() > 1);
    }

    /**
     * The benchmark takes the first field of whatever stands in a list for its aggregate. Of a comparison that is its NOT, and a
     * connective of HAVING has one too.
     */
    private static long aggregates(SpiderSql query) {
        long selected = query.select().items().stream()
                .filter(item -> item.aggregate() != Aggregate.NONE)
                .count();
        Stream<Column> ordered = query.orderBy() == null
                ? Stream.empty()
                : query.orderBy().expressions().stream().flatMap(Hardness::columns);
        long columns = Stream.concat(query.groupBy().stream(), ordered)
                .filter(column -> column.aggregate() != Aggregate.NONE)
                .count();
        long negations = Stream.of(query.where(), query.having())
                .flatMap(condition -> condition.comparisons().stream())
                .filter(Comparison::negated)
                .count();
        return selected + columns + negations + query.having().connectives().size();
    }

    private static Stream<Column> columns(Expression expression) {
        return expression.right() == null
                ? Stream.of(expression.left())
                : Stream.of(expression.left(), expression.right());
    }

    private static Stream<Comparison> comparisons(SpiderSql query) {
        return query.conditions().flatMap(condition -> condition.comparisons().stream());
    }

    private static int count(boolean... facts) {
        int count = 0;
        for (boolean fact : facts) {
            count += fact ? 1 : 0;
        }
        return count;
    }
}
