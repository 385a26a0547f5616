package org.statecraft.eval.spider;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.statecraft.eval.spider.SpiderSql.Column;
import org.statecraft.eval.spider.SpiderSql.Comparison;
import org.statecraft.eval.spider.SpiderSql.Condition;
import org.statecraft.eval.spider.SpiderSql.Connective;
import org.statecraft.eval.spider.SpiderSql.OrderBy;
import org.statecraft.eval.spider.SpiderSql.SelectItem;
import org.statecraft.eval.spider.SpiderSql.SetOperation;
import org.statecraft.eval.spider.SpiderSql.Source;

/**
 * Whether two queries are the same but for values and for the order of what has none, component by component.
 *
 * @param exact whether every component matches and both read the same tables
 */
public record ExactSetMatch(boolean exact, Map<Component, ComponentScore> components) {
    public ExactSetMatch {
        components = Collections.unmodifiableMap(new EnumMap<>(components));
    }

    /** Compares two parsed queries over one database. */
    public static ExactSetMatch of(SpiderSql gold, SpiderSql prediction, SpiderSchema schema) {
        return ofNormalized(Normalization.of(gold, schema), Normalization.of(prediction, schema));
    }

    static ExactSetMatch ofNormalized(SpiderSql gold, SpiderSql prediction) {
        Map<Component, ComponentScore> scores = new EnumMap<>(Component.class);
        List<SelectItem> goldItems = gold.select().items();
        List<SelectItem> items = prediction.select().items();
        scores.put(Component.SELECT, common(goldItems, items));
        scores.put(
                Component.SELECT_WITHOUT_AGGREGATE,
                common(
                        goldItems.stream().map(SelectItem::expression).toList(),
                        items.stream().map(SelectItem::expression).toList()));
        List<Comparison> goldWhere = gold.where().comparisons();
        List<Comparison> where = prediction.where().comparisons();
        scores.put(Component.WHERE, common(goldWhere, where));
        scores.put(
                Component.WHERE_WITHOUT_OPERATOR,
                common(
                        goldWhere.stream().map(Comparison::expression).toList(),
                        where.stream().map(Comparison::expression).toList()));
        scores.put(Component.GROUP_COLUMNS, common(columnsOnly(gold.groupBy()), columnsOnly(prediction.groupBy())));
        scores.put(Component.GROUP, group(gold, prediction));
        scores.put(Component.ORDER, order(gold, prediction));
        scores.put(Component.CONNECTIVES, connectives(gold.where(), prediction.where()));
        scores.put(Component.SET_OPERATION, setOperation(gold.setOperation(), prediction.setOperation()));
        scores.put(Component.KEYWORDS, common(keywords(gold), keywords(prediction)));
        boolean all = scores.values().stream().allMatch(ComponentScore::matches);
        return new ExactSetMatch(all && sameSources(gold, prediction), scores);
    }

    /** A gold query without tables, which only an empty one is, asks for none. */
    private static boolean sameSources(SpiderSql gold, SpiderSql prediction) {
        List<Source> sources = gold.from().sources();
        return sources.isEmpty() || common(sources, prediction.from().sources()).matches();
    }

    private static <T> ComponentScore common(List<T> gold, List<T> prediction) {
        List<T> left = new ArrayList<>(gold);
        int common = (int) prediction.stream().filter(left::remove).count();
        return ComponentScore.of(gold.size(), prediction.size(), common);
    }

    private static <T> ComponentScore common(Set<T> gold, Set<T> prediction) {
        return common(List.copyOf(gold), List.copyOf(prediction));
    }

    /** Column names without their tables. */
    private static List<String> columnsOnly(List<Column> columns) {
        return columns.stream()
                .map(column -> column.name().substring(column.name().indexOf('.') + 1))
                .toList();
    }

    /** GROUP BY and HAVING as a whole: one element, the columns with their tables and in their order. */
    private static ComponentScore group(SpiderSql gold, SpiderSql prediction) {
        boolean both = !gold.groupBy().isEmpty() && !prediction.groupBy().isEmpty();
        boolean same = both
                && names(gold.groupBy()).equals(names(prediction.groupBy()))
                && gold.having().equals(prediction.having());
        return single(!gold.groupBy().isEmpty(), !prediction.groupBy().isEmpty(), same);
    }

    private static List<String> names(List<Column> columns) {
        return columns.stream().map(Column::name).toList();
    }

    private static ComponentScore order(SpiderSql gold, SpiderSql prediction) {
        OrderBy order = gold.orderBy();
        boolean same = order != null
                && order.equals(prediction.orderBy())
                && (gold.limit() == null) == (prediction.limit() == null);
        return single(order != null, prediction.orderBy() != null, same);
    }

    /**
     * Which connectives WHERE has. Equal sets count as one element on both sides, empty ones too; of unequal sets the sizes change
     * sides. Both are as the benchmark's table has them, whose accuracy and recall of this line they decide.
     */
    private static ComponentScore connectives(Condition gold, Condition prediction) {
        Set<Connective> wanted = Set.copyOf(gold.connectives());
        Set<Connective> found = Set.copyOf(prediction.connectives());
        return wanted.equals(found) ? ComponentScore.of(1, 1, 1) : ComponentScore.of(found.size(), wanted.size(), 0);
    }

    private static ComponentScore setOperation(SetOperation gold, SetOperation prediction) {
        boolean same = gold != null
                && prediction != null
                && gold.operator() == prediction.operator()
                && ofNormalized(gold.query(), prediction.query()).exact();
        return single(gold != null, prediction != null, same);
    }

    private static ComponentScore single(boolean inGold, boolean inPrediction, boolean same) {
        return ComponentScore.of(inGold ? 1 : 0, inPrediction ? 1 : 0, same ? 1 : 0);
    }

    private static Set<String> keywords(SpiderSql query) {
        Set<String> words = new HashSet<>();
        addIf(!query.where().isEmpty(), "where", words);
        addIf(!query.groupBy().isEmpty(), "group", words);
        addIf(!query.having().isEmpty(), "having", words);
        if (query.orderBy() != null) {
            words.add("order");
            words.add(query.orderBy().descending() ? "desc" : "asc");
        }
        addIf(query.limit() != null, "limit", words);
        if (query.setOperation() != null) {
            words.add(query.setOperation().operator().name().toLowerCase(Locale.ROOT));
        }
        query.conditions().forEach(condition -> {
            addIf(condition.connectives().contains(Connective.OR), "or", words);
            for (Comparison comparison : condition.comparisons()) {
                addIf(comparison.negated(), "not", words);
                addIf(comparison.is("in"), "in", words);
                addIf(comparison.is("like"), "like", words);
            }
        });
        return words;
    }

    private static void addIf(boolean present, String word, Set<String> words) {
        if (present) {
            words.add(word);
        }
    }
}
