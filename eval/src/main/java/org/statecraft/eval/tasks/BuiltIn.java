package org.statecraft.eval.tasks;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.statecraft.eval.python.PythonWhitespace;
import org.statecraft.model.InputException;

/**
 * The Python functions that task files of the harness name with {@code !function}, by their names there. Python itself is never run.
 *
 * <p>What each does follows {@code methods/evaluation.md}, sections 4 and 4.1.
 */
public enum BuiltIn {
    /** Adds {@code query}, {@code choices} and {@code gold}, cleaned of the markup of WikiHow. */
    HELLASWAG_PROCESS_DOCS("hellaswag.process_docs", Role.DOCUMENTS) {
        @Override
        ObjectNode process(ObjectNode document) {
            ObjectNode out = document.deepCopy();
            String context = text(document, "ctx_a") + " " + TextMethods.capitalized(text(document, "ctx_b"));
            out.put("query", cleaned(text(document, "activity_label") + ": " + context));
            ArrayNode choices = out.putArray("choices");
            document.path("endings").forEach(ending -> choices.add(cleaned(ending.asText())));
            out.put("gold", Integer.parseInt(document.path("label").asText().trim()));
            return out;
        }
    },
    /** Which of the two contexts is right. */
    WINOGRANDE_TEXT("preprocess_winogrande.doc_to_text", Role.FIELD) {
        @Override
        Object of(Row row) {
            return Integer.parseInt(text(row.fields(), "answer")) - 1;
        }
    },
    /** What follows the gap. */
    WINOGRANDE_TARGET("preprocess_winogrande.doc_to_target", Role.FIELD) {
        @Override
        Object of(Row row) {
            String sentence = text(row.fields(), "sentence");
            return PythonWhitespace.stripped(sentence.substring(gap(sentence) + 1));
        }
    },
    /** The sentence up to the gap, filled with either option. */
    WINOGRANDE_CHOICE("preprocess_winogrande.doc_to_choice", Role.FIELD) {
        @Override
        Object of(Row row) {
            String sentence = text(row.fields(), "sentence");
            String before = sentence.substring(0, gap(sentence));
            return List.of(before + text(row.fields(), "option1"), before + text(row.fields(), "option2"));
        }
    },
    /** The page as running text, without the blanks of its tokenisation. */
    WIKITEXT_DETOKENIZER("preprocess_wikitext.wikitext_detokenizer", Role.FIELD) {
        @Override
        Object of(Row row) {
            return WikitextDetokenizer.of(text(row.fields(), "page"));
        }
    },
    /** Words and bytes are those of the page as the data has it. */
    WIKITEXT_RESULTS("preprocess_wikitext.process_results", Role.RESULTS) {
        @Override
        Object of(Row row) {
            return text(row.fields(), "page");
        }
    };

    /** What a function is for. */
    enum Role {
        /** Changes each document once. */
        DOCUMENTS,
        /** Makes a text, a number or a list of a document. */
        FIELD,
        /** Says which text of a document its words and bytes are counted in. */
        RESULTS
    }

    private static final Pattern BRACKETS = Pattern.compile("\\[.*?\\]");

    private final String key;
    private final Role role;

    BuiltIn(String key, Role role) {
        this.key = key;
        this.role = role;
    }

    /** As task files name it. */
    String key() {
        return key;
    }

    Role role() {
        return role;
    }

    /** What a document gives. */
    Object of(Row row) {
        throw new IllegalStateException(key + " makes no field");
    }

    /** A changed copy of a document. */
    ObjectNode process(ObjectNode document) {
        throw new IllegalStateException(key + " changes no documents");
    }

    /**
     * The function of a name, or null. The harness calls many of its helper files {@code utils}; that of a task is meant, so
     * {@code utils.process_docs} in the task {@code hellaswag} is {@code hellaswag.process_docs}.
     */
    static BuiltIn find(String name, String task) {
        String own = name.startsWith("utils.") ? task + name.substring("utils".length()) : name;
        return Arrays.stream(values())
                .filter(function -> function.key.equals(own))
                .findFirst()
                .orElse(null);
    }

    static List<String> keys(Role role) {
        return Arrays.stream(values())
                .filter(function -> function.role == role)
                .map(BuiltIn::key)
                .toList();
    }

    private static String text(ObjectNode document, String field) {
        if (!document.hasNonNull(field)) {
            throw new InputException("the document has no field '" + field + "'; it has "
                    + String.join(", ", (Iterable<String>) document::fieldNames));
        }
        return document.get(field).asText();
    }

    private static String cleaned(String text) {
        String trimmed = PythonWhitespace.stripped(text).replace(" [title]", ". ");
        return BRACKETS.matcher(trimmed).replaceAll("").replace("  ", " ");
    }

    private static int gap(String sentence) {
        int gap = sentence.indexOf('_');
        if (gap < 0) {
            throw new InputException("the sentence '" + sentence + "' has no gap '_'");
        }
        return gap;
    }
}
