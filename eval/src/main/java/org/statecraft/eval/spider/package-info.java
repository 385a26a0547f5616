/**
 * The scores of the Spider benchmark (text to SQL): exact set match over parsed clauses and execution on SQLite.
 *
 * <p>{@link org.statecraft.eval.spider.SpiderScore} scores one pair of queries, {@link org.statecraft.eval.spider.SpiderTable}
 * adds scores up as the evaluator of the benchmark prints them. Parsing and normalisation follow that evaluator (repository
 * taoyds/spider) also where a database would read the query otherwise, because scores are compared with published ones.
 * Source: {@code methods/evaluation.md}, section 6.4.
 */
package org.statecraft.eval.spider;
