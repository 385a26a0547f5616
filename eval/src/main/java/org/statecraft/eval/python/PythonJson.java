package org.statecraft.eval.python;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Iterator;
import java.util.Map;

/**
 * JSON text as Python's {@code json.dumps(value, ensure_ascii=False)} writes it, byte by byte.
 *
 * <p>Documents are hashed in this form and samples are stored in it, so that both equal the harness's.
 */
public final class PythonJson {
    private static final int MOST_DIGITS = 17;

    private final StringBuilder out = new StringBuilder();
    /** Blanks per level, or 0 for everything on one line. */
    private final int indent;

    private PythonJson(int indent) {
        this.indent = indent;
    }

    /** Everything on one line, with ", " and ": " between. */
    public static String line(JsonNode value) {
        return new PythonJson(0).write(value, 0).out.toString();
    }

    /** {@code indent=2}. */
    public static String indented(JsonNode value) {
        return new PythonJson(2).write(value, 0).out.toString();
    }

    private PythonJson write(JsonNode value, int level) {
        if (value.isObject()) {
            Iterator<Map.Entry<String, JsonNode>> fields = value.fields();
            open('{', fields.hasNext(), level);
            while (fields.hasNext()) {
                Map.Entry<String, JsonNode> field = fields.next();
                string(field.getKey());
                out.append(": ");
                write(field.getValue(), level + 1);
                separate(fields.hasNext(), level);
            }
            out.append('}');
        } else if (value.isArray()) {
            Iterator<JsonNode> elements = value.elements();
            open('[', elements.hasNext(), level);
            while (elements.hasNext()) {
                write(elements.next(), level + 1);
                separate(elements.hasNext(), level);
            }
            out.append(']');
        } else if (value.isTextual()) {
            string(value.textValue());
        } else if (value.isFloatingPointNumber()) {
            out.append(number(value.doubleValue()));
        } else {
            out.append(value.asText());
        }
        return this;
    }

    private void open(char bracket, boolean filled, int level) {
        out.append(bracket);
        if (filled) {
            newLine(level + 1);
        }
    }

    private void separate(boolean more, int level) {
        if (more) {
            out.append(indent == 0 ? ", " : ",");
        }
        newLine(more ? level + 1 : level);
    }

    private void newLine(int level) {
        if (indent > 0) {
            out.append('\n').append(" ".repeat(level * indent));
        }
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\f' -> out.append("\\f");
                case '\b' -> out.append("\\b");
                default -> {
                    if (c < ' ') {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /** {@code repr(value)}: the fewest digits that read back as the same number. */
    public static String number(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "Infinity" : "-Infinity";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = shortest(value).stripTrailingZeros();
        String digits = shortest.unscaledValue().abs().toString();
        int exponent = digits.length() - 1 - shortest.scale();
        String sign = value < 0 ? "-" : "";
        if (exponent < -4 || exponent >= 16) {
            String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
            return sign
                    + digits.charAt(0)
                    + fraction
                    + String.format("e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
        }
        String plain = shortest.abs().toPlainString();
        return sign + plain + (plain.indexOf('.') < 0 ? ".0" : "");
    }

    /** Java 17's own {@link Double#toString} sometimes gives a digit too many. */
    private static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 1; digits < MOST_DIGITS; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == value) {
                return rounded;
            }
        }
        return exact.round(new MathContext(MOST_DIGITS, RoundingMode.HALF_EVEN));
    }
}
