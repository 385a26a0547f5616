package org.statecraft.eval.spider;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.eval.spider.SpiderSql.Comparison;
import org.statecraft.eval.spider.SpiderSql.Condition;
import org.statecraft.eval.spider.SpiderSql.From;
import org.statecraft.eval.spider.SpiderSql.InnerQuery;
import org.statecraft.eval.spider.SpiderSql.OrderBy;
import org.statecraft.eval.spider.SpiderSql.Select;
import org.statecraft.eval.spider.SpiderSql.SelectItem;
import org.statecraft.eval.spider.SpiderSql.SetOperation;
import org.statecraft.eval.spider.SpiderSql.Source;
import org.statecraft.eval.spider.SpiderSql.Value;

/**
 * Brings a query into the form in which two are compared: values dropped, {@code DISTINCT} ignored, each column replaced by the
 * representative of its foreign-key class where its table occurs in {@code FROM}.
 *
 * <p>The benchmark stops at inner queries, and so does this. A query that is a value loses its own values but keeps its columns and
 * its {@code DISTINCT}; a query in {@code FROM} keeps everything. The other side of a set operation counts as outer, with the classes
 * of the first side's tables.
 */
final class Normalization {
    private final Map<String, String> representatives;

    private Normalization(Map<String, String> representatives) {
        this.representatives = representatives;
    }

    static SpiderSql of(SpiderSql query, SpiderSchema schema) {
        Map<String, String> inScope = new HashMap<>();
        for (Source source : query.from().sources()) {
            for (String column : schema.tables().getOrDefault(source.table(), List.of())) {
                String name = source.table() + "." + column;
                inScope.put(name, schema.representatives().getOrDefault(name, name));
            }
        }
        return new Normalization(inScope).withClasses(withoutValues(query));
    }

    private static SpiderSql withoutValues(SpiderSql query) {
        SetOperation other = query.setOperation();
        return new SpiderSql(
                query.select(),
                new From(query.from().sources(), withoutValues(query.from().conditions())),
                withoutValues(query.where()),
                query.groupBy(),
                withoutValues(query.having()),
                query.orderBy(),
                query.limit(),
                other == null ? null : new SetOperation(other.operator(), withoutValues(other.query())));
    }

    private static Condition withoutValues(Condition condition) {
        List<Comparison> comparisons = condition.comparisons().stream()
                .map(comparison -> new Comparison(
                        comparison.negated(),
                        comparison.operator(),
                        comparison.expression(),
                        queryOnly(comparison.value()),
                        queryOnly(comparison.upper())))
                .toList();
        return new Condition(comparisons, condition.connectives());
    }

    private static Value queryOnly(Value value) {
        return value instanceof InnerQuery inner ? new InnerQuery(withoutValues(inner.query())) : null;
    }

    private SpiderSql withClasses(SpiderSql query) {
        List<SelectItem> items = query.select().items().stream()
                .map(item -> new SelectItem(item.aggregate(), item.expression().within(representatives)))
                .toList();
        OrderBy order = query.orderBy();
        SetOperation other = query.setOperation();
        return new SpiderSql(
                new Select(false, items),
                new From(query.from().sources(), withClasses(query.from().conditions())),
                withClasses(query.where()),
                query.groupBy().stream()
                        .map(column -> column.within(representatives))
                        .toList(),
                withClasses(query.having()),
                order == null
                        ? null
                        : new OrderBy(
                                order.descending(),
                                order.expressions().stream()
                                        .map(expression -> expression.within(representatives))
                                        .toList()),
                query.limit(),
                other == null ? null : new SetOperation(other.operator(), withClasses(other.query())));
    }

    private Condition withClasses(Condition condition) {
        List<Comparison> comparisons = condition.comparisons().stream()
                .map(comparison -> new Comparison(
                        comparison.negated(),
                        comparison.operator(),
                        comparison.expression().within(representatives),
                        comparison.value(),
                        comparison.upper()))
                .toList();
        return new Condition(comparisons, condition.connectives());
    }
}
