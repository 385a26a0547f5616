package org.statecraft.eval.tasks;

import java.util.List;
import java.util.Map;

/** How a task file says what is made of a document: {@code doc_to_text}, {@code doc_to_target}, {@code doc_to_choice}. */
public sealed interface DocField {

    /** A Jinja template, or the bare name of a field of the documents. */
    record Text(String source) implements DocField {}

    /** A place among the choices, the same for every document. */
    record Index(int value) implements DocField {}

    /** Texts, the same for every document. */
    record Texts(List<String> values) implements DocField {
        public Texts {
            values = List.copyOf(values);
        }
    }

    /** A function of the harness that exists here under its name. */
    record Function(BuiltIn function) implements DocField {}

    /**
     * What it is for a document.
     *
     * @return a text, an integer or a list of these
     */
    default Object of(Row row) {
        if (this instanceof Text text) {
            return row.has(text.source()) ? row.value(text.source()) : Jinja.value(text.source(), row.values());
        } else if (this instanceof Index index) {
            return index.value();
        } else if (this instanceof Texts texts) {
            return texts.values();
        }
        return ((Function) this).function().of(row);
    }

    /** As result files write it. */
    default Object json() {
        if (this instanceof Text text) {
            return text.source();
        } else if (this instanceof Index index) {
            return index.value();
        } else if (this instanceof Texts texts) {
            return texts.values();
        }
        return "<function " + ((Function) this).function().key() + ">";
    }

    /** Reads the value of a key; null where it is none of these. */
    static DocField parse(Object value) {
        if (value instanceof String text) {
            return new Text(text);
        } else if (value instanceof Integer index) {
            return new Index(index);
        } else if (value instanceof List<?> list
                && list.stream().noneMatch(v -> v instanceof Map || v instanceof List || v == null)) {
            return new Texts(list.stream().map(String::valueOf).toList());
        } else if (value instanceof Map<?, ?> map) {
            return parse(List.copyOf(map.values()));
        }
        return null;
    }
}
