package org.statecraft.eval.spider;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.statecraft.eval.spider.SpiderSql.Aggregate;
import org.statecraft.eval.spider.SpiderSql.Column;
import org.statecraft.eval.spider.SpiderSql.Comparison;
import org.statecraft.eval.spider.SpiderSql.Condition;
import org.statecraft.eval.spider.SpiderSql.Connective;
import org.statecraft.eval.spider.SpiderSql.Expression;
import org.statecraft.eval.spider.SpiderSql.From;
import org.statecraft.eval.spider.SpiderSql.InnerQuery;
import org.statecraft.eval.spider.SpiderSql.Literal;
import org.statecraft.eval.spider.SpiderSql.OrderBy;
import org.statecraft.eval.spider.SpiderSql.Select;
import org.statecraft.eval.spider.SpiderSql.SelectItem;
import org.statecraft.eval.spider.SpiderSql.SetOperation;
import org.statecraft.eval.spider.SpiderSql.SetOperator;
import org.statecraft.eval.spider.SpiderSql.Source;
import org.statecraft.eval.spider.SpiderSql.Value;
import org.statecraft.model.InputException;

/**
 * Reads a query by recursive descent with the grammar of the benchmark's evaluator, which is smaller than SQL.
 *
 * <p>Of its habits three are easily missed: aliases hold for the whole text, inner queries included; clauses are looked for in one
 * fixed order, and what stands behind the last that is found is passed over; a column that a comparison names on its right takes
 * everything up to the next {@code AND}, bracket, comma or clause with it, an {@code OR} too.
 */
final class SqlParser {
    private static final Set<String> CLAUSES =
            Set.of("select", "from", "where", "group", "order", "limit", "intersect", "union", "except");
    private static final Set<String> JOINS = Set.of("join", "on", "as");
    private static final Set<String> ENDS = Set.of(")", ";");
    private static final Set<String> COMPARISONS =
            Set.of("not", "between", "=", ">", "<", ">=", "<=", "!=", "in", "like", "is", "exists");
    private static final Set<String> ARITHMETIC = Set.of("-", "+", "*", "/");
    private static final Map<String, Aggregate> AGGREGATES = Map.of(
            "max", Aggregate.MAX,
            "min", Aggregate.MIN,
            "count", Aggregate.COUNT,
            "sum", Aggregate.SUM,
            "avg", Aggregate.AVG);
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?(([0-9]+\\.?[0-9]*|\\.[0-9]+)(e[+-]?[0-9]+)?|nan|inf|infinity)");
    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,18}");
    /** Deeper than any query that is meant, shallower than the stack. */
    private static final int DEEPEST = 100;

    private final List<SqlToken> tokens;
    private final SpiderSchema schema;
    /** Table of each alias, and of each table name. */
    private final Map<String, String> tables;

    private int at;
    private int depth;

    private SqlParser(List<SqlToken> tokens, SpiderSchema schema, Map<String, String> tables) {
        this.tokens = tokens;
        this.schema = schema;
        this.tables = tables;
    }

    static SpiderSql parse(String sql, SpiderSchema schema) {
        List<SqlToken> tokens = SqlTokenizer.tokens(sql);
        SqlParser parser = new SqlParser(tokens, schema, new HashMap<>());
        parser.readAliases();
        return parser.query();
    }

    private void readAliases() {
        for (at = 0; at < tokens.size(); at++) {
            if (sees("as")) {
                if (at == 0 || at + 1 == tokens.size()) {
                    throw wrong("an alias needs a table before AS and a name behind it");
                }
                tables.put(tokens.get(at + 1).text(), tokens.get(at - 1).text());
            }
        }
        at = 0;
        for (String table : schema.tables().keySet()) {
            if (tables.put(table, table) != null) {
                throw new InputException("the alias '" + table + "' is the name of a table");
            }
        }
    }

    private SpiderSql query() {
        if (++depth > DEEPEST) {
            throw wrong("more than " + DEEPEST + " queries inside one another");
        }
        int start = at;
        boolean bracket = skip("(");
        int startOfSelect = at;
        // columns are looked up in the tables, so these come first
        List<String> scope = new ArrayList<>();
        at = start;
        From from = from(scope);
        int endOfFrom = at;
        at = startOfSelect;
        Select select = select(scope);
        at = endOfFrom;
        Condition where = skip("where") ? condition(scope) : Condition.NONE;
        List<Column> groupBy = groupBy(scope);
        Condition having = skip("having") ? condition(scope) : Condition.NONE;
        OrderBy orderBy = orderBy(scope);
        Long limit = limit();
        skipSemicolons();
        if (bracket) {
            expect(")");
        }
        skipSemicolons();
        SetOperation setOperation = setOperation();
        depth--;
        return new SpiderSql(select, from, where, groupBy, having, orderBy, limit, setOperation);
    }

    private From from(List<String> scope) {
        while (!sees("from")) {
            step("no FROM");
        }
        at++;
        List<Source> sources = new ArrayList<>();
        List<Comparison> comparisons = new ArrayList<>();
        List<Connective> connectives = new ArrayList<>();
        while (more()) {
            boolean bracket = skip("(");
            if (sees("select")) {
                sources.add(new Source(null, query()));
            } else {
                skip("join");
                String table = table();
                sources.add(new Source(table, null));
                scope.add(table);
            }
            if (skip("on")) {
                Condition condition = condition(scope);
                if (!comparisons.isEmpty()) {
                    connectives.add(Connective.AND);
                }
                comparisons.addAll(condition.comparisons());
                connectives.addAll(condition.connectives());
            }
            if (bracket) {
                expect(")");
            }
            if (seesAny(CLAUSES) || seesAny(ENDS)) {
                break;
            }
        }
        return new From(sources, new Condition(comparisons, connectives));
    }

    private String table() {
        SqlToken name = current("a table");
        String table = tables.get(name.text());
        if (table == null || !schema.hasTable(table)) {
            throw wrong("no table or alias of that name");
        }
        at++;
        if (skip("as")) {
            at++;
        }
        return table;
    }

    private Select select(List<String> scope) {
        expect("select");
        boolean distinct = skip("distinct");
        List<SelectItem> items = new ArrayList<>();
        while (more() && !seesAny(CLAUSES)) {
            items.add(new SelectItem(aggregate(), expression(scope)));
            skip(",");
        }
        return new Select(distinct, items);
    }

    private List<Column> groupBy(List<String> scope) {
        List<Column> columns = new ArrayList<>();
        if (skip("group")) {
            expect("by");
            while (more() && !seesAny(CLAUSES) && !seesAny(ENDS)) {
                columns.add(column(scope));
                if (!skip(",")) {
                    break;
                }
            }
        }
        return columns;
    }

    private OrderBy orderBy(List<String> scope) {
        if (!skip("order")) {
            return null;
        }
        expect("by");
        boolean descending = false;
        List<Expression> expressions = new ArrayList<>();
        while (more() && !seesAny(CLAUSES) && !seesAny(ENDS)) {
            expressions.add(expression(scope));
            if (sees("asc") || sees("desc")) {
                descending = sees("desc");
                at++;
            }
            if (!skip(",")) {
                break;
            }
        }
        return new OrderBy(descending, expressions);
    }

    private Long limit() {
        if (!skip("limit")) {
            return null;
        }
        String number = current("a number").text();
        if (!INTEGER.matcher(number).matches()) {
            throw wrong("LIMIT needs a whole number");
        }
        at++;
        return Long.valueOf(number);
    }

    private SetOperation setOperation() {
        for (SetOperator operator : SetOperator.values()) {
            if (skip(operator.name().toLowerCase(Locale.ROOT))) {
                return new SetOperation(operator, query());
            }
        }
        return null;
    }

    /** The benchmark keeps one list and takes every second entry for a connective, so a comparison without one is lost. */
    private Condition condition(List<String> scope) {
        List<Comparison> comparisons = new ArrayList<>();
        List<Connective> connectives = new ArrayList<>();
        while (more()) {
            Comparison comparison = comparison(scope);
            if (comparisons.size() == connectives.size()) {
                comparisons.add(comparison);
            } else {
                connectives.add(Connective.MISSING);
            }
            if (seesAny(CLAUSES) || seesAny(ENDS) || seesAny(JOINS)) {
                break;
            }
            if (sees("and") || sees("or")) {
                if (comparisons.size() == connectives.size()) {
                    throw wrong("expected a comparison");
                }
                connectives.add(sees("and") ? Connective.AND : Connective.OR);
                at++;
            }
        }
        return new Condition(comparisons, connectives);
    }

    private Comparison comparison(List<String> scope) {
        Expression expression = expression(scope);
        boolean negated = skip("not");
        String operator = current("a comparison").text();
        if (!seesAny(COMPARISONS)) {
            throw wrong("expected a comparison");
        }
        at++;
        Value value = value(scope);
        Value upper = null;
        if (operator.equals("between")) {
            expect("and");
            upper = value(scope);
        }
        return new Comparison(negated, operator, expression, value, upper);
    }

    private Value value(List<String> scope) {
        int start = at;
        boolean bracket = skip("(");
        SqlToken token = current("a value");
        Value value;
        if (sees("select")) {
            value = new InnerQuery(query());
        } else if (token.quoted()) {
            value = new Literal(token.text());
            at++;
        } else if (NUMBER.matcher(token.text()).matches()) {
            value = new Literal(canonical(token.text()));
            at++;
        } else {
            int end = at;
            while (more() && !sees(",") && !sees(")") && !sees("and") && !seesAny(CLAUSES) && !seesAny(JOINS)) {
                end = ++at;
            }
            value = new SqlParser(tokens.subList(start, end), schema, tables).column(scope);
        }
        if (bracket) {
            expect(")");
        }
        return value;
    }

    /** Numbers are compared as Python compares them, which only inner queries of FROM can tell. */
    private static String canonical(String number) {
        boolean word = Character.isLetter(number.charAt(number.length() - 1));
        return word ? number : String.valueOf(Double.parseDouble(number));
    }

    private Expression expression(List<String> scope) {
        boolean bracket = skip("(");
        Column left = column(scope);
        String operator = null;
        Column right = null;
        if (seesAny(ARITHMETIC)) {
            operator = tokens.get(at++).text();
            right = column(scope);
        }
        if (bracket) {
            expect(")");
        }
        return new Expression(left, operator, right);
    }

    private Column column(List<String> scope) {
        boolean bracket = skip("(");
        Aggregate aggregate = aggregate();
        if (aggregate != Aggregate.NONE) {
            expect("(");
            boolean distinct = skip("distinct");
            Column column = new Column(aggregate, name(scope), distinct);
            // this bracket is the function's; one before the function stays open, as it does for the benchmark
            expect(")");
            return column;
        }
        boolean distinct = skip("distinct");
        Column column = new Column(Aggregate.NONE, name(scope), distinct);
        if (bracket) {
            expect(")");
        }
        return column;
    }

    private Aggregate aggregate() {
        Aggregate aggregate = more() ? AGGREGATES.get(tokens.get(at).text()) : null;
        if (aggregate == null) {
            return Aggregate.NONE;
        }
        at++;
        return aggregate;
    }

    private String name(List<String> scope) {
        String text = current("a column").text();
        if (text.equals(SpiderSql.EVERYTHING)) {
            at++;
            return text;
        }
        int dot = text.indexOf('.');
        String column = text.substring(dot + 1);
        List<String> candidates = dot < 0 ? scope : List.of(tables.getOrDefault(text.substring(0, dot), ""));
        for (String table : candidates) {
            if (schema.hasColumn(table, column)) {
                at++;
                return table + "." + column;
            }
        }
        throw wrong("no such column in " + (candidates.isEmpty() ? "a query without tables" : candidates));
    }

    private boolean more() {
        return at < tokens.size();
    }

    private boolean sees(String word) {
        return more() && tokens.get(at).is(word);
    }

    private boolean seesAny(Set<String> words) {
        return more() && words.contains(tokens.get(at).text());
    }

    private boolean skip(String word) {
        boolean seen = sees(word);
        if (seen) {
            at++;
        }
        return seen;
    }

    private void skipSemicolons() {
        while (skip(";")) {
            // several end a query as well as one does
        }
    }

    private void expect(String word) {
        if (!skip(word)) {
            throw wrong("expected '" + word + "'");
        }
    }

    private void step(String absence) {
        if (!more()) {
            throw wrong(absence);
        }
        at++;
    }

    private SqlToken current(String wanted) {
        if (!more()) {
            throw wrong("expected " + wanted);
        }
        return tokens.get(at);
    }

    private InputException wrong(String what) {
        String place = more()
                ? "at character " + (tokens.get(at).offset() + 1) + " ('"
                        + tokens.get(at).text() + "')"
                : "at its end";
        return new InputException(place + ": " + what + "; database " + schema.dbId());
    }
}
