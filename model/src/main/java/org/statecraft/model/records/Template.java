package org.statecraft.model.records;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.statecraft.model.InputException;

/**
 * A text with named fields: {@code "{question} ### {sentence}"}.
 *
 * <p>Between the braces stands the name of a field exactly as its file has it, blanks included. <code>{{</code> and
 * <code>}}</code> are single braces.
 */
public final class Template {
    private final String source;
    private final List<Piece> pieces;

    /** Literal text, or the name of a field. */
    private record Piece(String text, boolean field) {}

    private Template(String source, List<Piece> pieces) {
        this.source = source;
        this.pieces = pieces;
    }

    /**
     * Reads a template.
     *
     * @throws InputException for a brace without its partner and for an empty name
     */
    public static Template parse(String source) {
        List<Piece> pieces = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int at = 0;
        while (at < source.length()) {
            char c = source.charAt(at);
            if ((c == '{' || c == '}') && source.startsWith(String.valueOf(c), at + 1)) {
                literal.append(c);
                at += 2;
            } else if (c == '{') {
                int end = source.indexOf('}', at);
                String name = end < 0 ? "" : source.substring(at + 1, end);
                if (name.isBlank() || name.indexOf('{') >= 0) {
                    throw unreadable(source, at);
                }
                pieces.add(new Piece(literal.toString(), false));
                pieces.add(new Piece(name, true));
                literal.setLength(0);
                at = end + 1;
            } else if (c == '}') {
                throw unreadable(source, at);
            } else {
                literal.append(c);
                at++;
            }
        }
        pieces.add(new Piece(literal.toString(), false));
        return new Template(source, List.copyOf(pieces));
    }

    private static InputException unreadable(String source, int at) {
        return new InputException("the template '" + source + "' has a single '" + source.charAt(at)
                + "' at character " + (at + 1) + ", expected a field as in {name}, or "
                + String.valueOf(source.charAt(at)).repeat(2) + " for the brace itself");
    }

    /** The names of its fields, each once, in order. */
    public Set<String> fields() {
        Set<String> names = new LinkedHashSet<>();
        pieces.stream().filter(Piece::field).forEach(piece -> names.add(piece.text()));
        return Collections.unmodifiableSet(names);
    }

    /** The text for a record that has all {@link #fields()}. */
    public String render(DataRecord record) {
        StringBuilder text = new StringBuilder();
        for (Piece piece : pieces) {
            text.append(piece.field() ? record.text(piece.text()) : piece.text());
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return source;
    }
}
