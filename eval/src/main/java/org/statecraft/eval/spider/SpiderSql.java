package org.statecraft.eval.spider;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A query taken apart into the clauses that the benchmark compares. What a component cannot hold, no query of the benchmark has.
 *
 * @param orderBy null without such a clause
 * @param limit null without such a clause
 * @param setOperation the query that follows {@code INTERSECT}, {@code UNION} or {@code EXCEPT}, or null
 */
public record SpiderSql(
        Select select,
        From from,
        Condition where,
        List<Column> groupBy,
        Condition having,
        OrderBy orderBy,
        Long limit,
        SetOperation setOperation) {

    /** The column of {@code *}. */
    static final String EVERYTHING = "*";

    /** What stands for a prediction that cannot be parsed. */
    public static final SpiderSql EMPTY = new SpiderSql(
            new Select(false, List.of()),
            new From(List.of(), Condition.NONE),
            Condition.NONE,
            List.of(),
            Condition.NONE,
            null,
            null,
            null);

    public SpiderSql {
        groupBy = List.copyOf(groupBy);
    }

    /**
     * Parses a query as the benchmark's evaluator does.
     *
     * @throws org.statecraft.model.InputException if it cannot be parsed; says at which character
     */
    public static SpiderSql parse(String sql, SpiderSchema schema) {
        return SqlParser.parse(sql, schema);
    }

    /** Conditions of the three clauses that have some. */
    Stream<Condition> conditions() {
        return Stream.of(from.conditions(), where, having);
    }

    /** The function around a column. */
    enum Aggregate {
        NONE,
        MAX,
        MIN,
        COUNT,
        SUM,
        AVG
    }

    enum Connective {
        AND,
        OR,
        /** A comparison stands in its place. */
        MISSING
    }

    enum SetOperator {
        INTERSECT,
        UNION,
        EXCEPT
    }

    /** What a column is compared with. */
    sealed interface Value permits Literal, Column, InnerQuery {}

    /** A number or a quoted text; equal numbers have equal texts. */
    record Literal(String text) implements Value {}

    record InnerQuery(SpiderSql query) implements Value {}

    /** A column, {@code table.column} or {@code *}, and the function around it. */
    record Column(Aggregate aggregate, String name, boolean distinct) implements Value {
        Column within(Map<String, String> representatives) {
            return new Column(aggregate, representatives.getOrDefault(name, name), false);
        }
    }

    /**
     * One column, or two with an operator between.
     *
     * @param operator null of one column
     * @param right null of one column
     */
    record Expression(Column left, String operator, Column right) {
        Expression within(Map<String, String> representatives) {
            return new Expression(
                    left.within(representatives), operator, right == null ? null : right.within(representatives));
        }
    }

    /** An expression of the result. The function before a bracket is that of the item, not of the column in the bracket. */
    record SelectItem(Aggregate aggregate, Expression expression) {}

    record Select(boolean distinct, List<SelectItem> items) {
        Select {
            items = List.copyOf(items);
        }
    }

    /** A table by name, or a query in its place; the other is null. */
    record Source(String table, SpiderSql query) {}

    record From(List<Source> sources, Condition conditions) {
        From {
            sources = List.copyOf(sources);
        }
    }

    /**
     * One comparison.
     *
     * @param value null once values are dropped
     * @param upper the second value of {@code BETWEEN}, else null
     */
    record Comparison(boolean negated, String operator, Expression expression, Value value, Value upper) {
        boolean is(String name) {
            return operator.equals(name);
        }

        Stream<SpiderSql> queries() {
            // an absent value is no instance of anything
            return Stream.of(new Value[] {value, upper})
                    .filter(InnerQuery.class::isInstance)
                    .map(inner -> ((InnerQuery) inner).query());
        }
    }

    /** Comparisons and what stands between them; a connective may end the list, as it may for the benchmark. */
    record Condition(List<Comparison> comparisons, List<Connective> connectives) {
        static final Condition NONE = new Condition(List.of(), List.of());

        Condition {
            comparisons = List.copyOf(comparisons);
            connectives = List.copyOf(connectives);
        }

        boolean isEmpty() {
            return comparisons.isEmpty();
        }

        /** Comparisons and connectives together. */
        int length() {
            return comparisons.size() + connectives.size();
        }
    }

    /** One direction for all expressions: the last that is written. */
    record OrderBy(boolean descending, List<Expression> expressions) {
        OrderBy {
            expressions = List.copyOf(expressions);
        }
    }

    record SetOperation(SetOperator operator, SpiderSql query) {}
}
