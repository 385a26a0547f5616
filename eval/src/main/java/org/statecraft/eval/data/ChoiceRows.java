package org.statecraft.eval.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.statecraft.model.records.Mistakes.Kind;

/** Rows of questions with choices, from copies that wrote question and choices into one text. */
final class ChoiceRows {
    private static final String ASKED = "Please choose the correct answer to the question: ";
    private static final Pattern ANSWER = Pattern.compile("answer([1-9])");

    private ChoiceRows() {}

    /** A question whose choices and answer were found again. */
    private record Question(String text, List<String> choices, int gold) {

        /** Letters stand for the labels, whatever the original had. */
        ObjectNode row(String field) {
            ObjectNode row = Fields.row().put(field, text);
            ObjectNode parts = row.putObject("choices");
            choices.forEach(parts.putArray("text")::add);
            for (int i = 0; i < choices.size(); i++) {
                parts.withArray("label").add(letter(i));
            }
            return row.put("answerKey", letter(gold));
        }

        private static String letter(int index) {
            return String.valueOf((char) ('A' + index));
        }
    }

    /** ARC as instructions: see {@link #instruction}. */
    static ObjectNode arc(Fields record, int index) {
        return instruction(record).row("question");
    }

    /** OpenBookQA as {@code query}, {@code choices} and {@code gold}, or as instructions. */
    static ObjectNode openbookqa(Fields record, int index) {
        if (record.has("instruction")) {
            return instruction(record).row("question_stem");
        }
        List<String> choices = record.texts("choices");
        return new Question(record.text("query"), choices, record.label("gold", choices.size())).row("question_stem");
    }

    /**
     * {@code Please choose the correct answer to the question: Q}, a blank line, {@code Answer1: A Answer2: B ...}, a blank line and
     * {@code Answer format: answer1/answer2/...}, whose length says how many choices there are.
     */
    private static Question instruction(Fields record) {
        String text = record.text("instruction");
        int choicesAt = text.lastIndexOf("\n\nAnswer1: ");
        int formatAt = text.lastIndexOf("\n\nAnswer format: ");
        if (!text.startsWith(ASKED) || choicesAt < ASKED.length() || formatAt < choicesAt) {
            String found = "has an instruction that is not a question, its answers and their format";
            throw new UnusableRecordException(Kind.MALFORMED, found);
        }
        int count = text.substring(formatAt).split("/", -1).length;
        List<String> choices = new ArrayList<>();
        String rest = text.substring(choicesAt + "\n\nAnswer1: ".length(), formatAt);
        for (int next = 2; next <= count; next++) {
            String border = " Answer" + next + ": ";
            int at = rest.indexOf(border);
            if (at < 0) {
                throw new UnusableRecordException(Kind.MALFORMED, "has no" + border.stripTrailing());
            }
            choices.add(rest.substring(0, at));
            rest = rest.substring(at + border.length());
        }
        choices.add(rest);
        return new Question(text.substring(ASKED.length(), choicesAt), choices, gold(record, count));
    }

    private static int gold(Fields record, int count) {
        Matcher answer = ANSWER.matcher(record.text("answer"));
        if (!answer.matches() || Integer.parseInt(answer.group(1)) > count) {
            String found = "has '" + record.text("answer") + "' in 'answer', expected answer1 to answer" + count;
            throw new UnusableRecordException(Kind.UNKNOWN_LABEL, found);
        }
        return Integer.parseInt(answer.group(1)) - 1;
    }

    /**
     * BoolQ as {@code query}, {@code choices} and {@code gold}. The question begins at the last line that says so. One question mark is
     * taken from it, since the task's template puts one there.
     */
    static ObjectNode boolq(Fields record, int index) {
        String query = record.text("query");
        String passage = "Passage: ";
        String question = "\nQuestion: ";
        int at = query.lastIndexOf(question);
        if (!query.startsWith(passage) || at < passage.length()) {
            throw new UnusableRecordException(
                    Kind.MALFORMED, "has a query that is not 'Passage: ', a line end and 'Question: '");
        }
        String asked = query.substring(at + question.length());
        return Fields.row()
                .put("question", asked.endsWith("?") ? asked.substring(0, asked.length() - 1) : asked)
                .put("passage", query.substring(passage.length(), at))
                .put("idx", index)
                .put("label", record.label("gold", 2));
    }

    /** WinoGrande without {@code qID}, which the hub's copy does not have. */
    static ObjectNode winogrande(Fields record, int index) {
        ObjectNode row = Fields.row();
        for (String field : List.of("sentence", "option1", "option2", "answer")) {
            row.put(field, record.text(field));
        }
        return row;
    }
}
