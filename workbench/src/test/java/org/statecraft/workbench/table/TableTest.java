package org.statecraft.workbench.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.statecraft.workbench.table.Table.Column;
import org.statecraft.workbench.table.Table.Kind;
import org.statecraft.workbench.table.Table.Section;

class TableTest {
    private static final Table TABLE = new Table(
            List.of("two runs"),
            List.of(
                    new Column("item", Kind.TEXT),
                    new Column("metric", Kind.TEXT),
                    new Column("A", "run-a", Kind.SCORE),
                    new Column("B - A", "run-b change", Kind.CHANGE)),
            List.of(
                    new Section(
                            "recipe",
                            "Recipe",
                            List.of(List.of(
                                    new Cell.Text("steps[1].a|b"), Cell.EMPTY, new Cell.Text("x, \"y\""), Cell.EMPTY))),
                    new Section(
                            "score",
                            "Scores",
                            List.of(
                                    List.of(
                                            new Cell.Text("lambada"),
                                            new Cell.Metric("acc", true),
                                            new Cell.Score(0.512345678, 0.0125),
                                            new Cell.Change(0.25, 0.0625, 0.125, 0.375)),
                                    List.of(
                                            new Cell.Text("lambada"),
                                            new Cell.Metric("perplexity", false),
                                            new Cell.Score(1234.5, null),
                                            Cell.MISSING)))),
            List.of("* significant"));

    @Test
    void textShowsEachSectionWithoutItsEmptyColumns() {
        assertEquals(
                """
                two runs

                Recipe
                item               A
                steps[1].a|b  x, "y"

                Scores
                item     metric                      A              B - A
                lambada  acc ↑         0.5123 ± 0.0125  +0.2500 ± 0.0625*
                lambada  perplexity ↓          1234.50                  -

                * significant
                """,
                TableFormat.TEXT.render(TABLE));
    }

    @Test
    void markdownEscapesWhatWouldBreakTheTable() {
        assertEquals(
                """
                - two runs

                ### Recipe

                | item | A |
                | --- | ---: |
                | steps[1].a\\|b | x, "y" |

                ### Scores

                | item | metric | A | B - A |
                | --- | --- | ---: | ---: |
                | lambada | acc ↑ | 0.5123 ± 0.0125 | +0.2500 ± 0.0625\\* |
                | lambada | perplexity ↓ | 1234.50 | - |

                - \\* significant
                """,
                TableFormat.MARKDOWN.render(TABLE));
    }

    @Test
    void csvHoldsUnroundedValuesUnderOneHeader() {
        assertEquals(
                """
                section,item,metric,run-a,run-a stderr,run-b change,run-b change stderr,run-b change low,run-b change high
                recipe,steps[1].a|b,,"x, ""y\""",,,,,
                score,lambada,acc,0.512345678,0.0125,0.25,0.0625,0.125,0.375
                score,lambada,perplexity,1234.5,,,,,
                """,
                TableFormat.CSV.render(TABLE));
    }

    @Test
    void jsonHoldsNumbersAndNulls() {
        String json = TableFormat.JSON.render(TABLE).replaceAll("\\s+", "");

        assertEquals(
                "{\"heading\":[\"tworuns\"],\"sections\":{\"recipe\":[{\"item\":\"steps[1].a|b\",\"metric\":null,"
                        + "\"run-a\":\"x,\\\"y\\\"\",\"run-astderr\":null,\"run-bchange\":null,\"run-bchangestderr\":null,\"run-bchangelow\":null,"
                        + "\"run-bchangehigh\":null}],"
                        + "\"score\":[{\"item\":\"lambada\",\"metric\":\"acc\",\"run-a\":0.512345678,\"run-astderr\":0.0125,"
                        + "\"run-bchange\":0.25,\"run-bchangestderr\":0.0625,\"run-bchangelow\":0.125,\"run-bchangehigh\":0.375},"
                        + "{\"item\":\"lambada\",\"metric\":\"perplexity\",\"run-a\":1234.5,\"run-astderr\":null,"
                        + "\"run-bchange\":null,\"run-bchangestderr\":null,\"run-bchangelow\":null,\"run-bchangehigh\":null}]},"
                        + "\"notes\":[\"*significant\"]}",
                json);
    }

    @Test
    void longTextsAreClippedForPeopleOnly() {
        Table table = new Table(
                List.of(),
                List.of(new Column("item", Kind.TEXT)),
                List.of(new Section("run", "", List.of(List.of(new Cell.Text("ü".repeat(100) + "\n"))))),
                List.of());

        assertEquals("item\n" + "ü".repeat(57) + "...\n", TableFormat.TEXT.render(table));
        assertEquals("section,item\nrun,\"" + "ü".repeat(100) + "\n\"\n", TableFormat.CSV.render(table));
    }

    @Test
    void starMarksAnIntervalOnOneSideOfZero() {
        assertEquals("+1.0000 ± 0.1000*", new Cell.Change(1, 0.1, 0.8, 1.2).shown());
        assertEquals("-1.0000 ± 0.1000*", new Cell.Change(-1, 0.1, -1.2, -0.8).shown());
        assertEquals("+1.0000 ± 0.6000", new Cell.Change(1, 0.6, -0.2, 2.2).shown());
        assertEquals("+1.0000 ± 0.5000", new Cell.Change(1, 0.5, 0.0, 2.0).shown());
        assertEquals("+1.0000", new Cell.Change(1).shown());
    }

    @Test
    void rowOfAnotherLengthIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new Table(
                        List.of(),
                        List.of(new Column("a", Kind.TEXT)),
                        List.of(new Section("s", "", List.of(List.of()))),
                        List.of()));
    }
}
