package org.statecraft.eval.tasks;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.interpret.TemplateError.ErrorReason;
import com.hubspot.jinjava.interpret.TemplateError.ErrorType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jinjava.javax.el.CompositeELResolver;
import jinjava.javax.el.ELResolver;
import org.statecraft.model.InputException;

/**
 * Renders the templates of task files as the harness does: a field that is not there is an error, a trailing line end stays, and
 * what a field holds is never read as a template. Templates see the document and nothing else: no class, no file, no other template.
 */
final class Jinja {
    /** Tags that reach for other templates. */
    private static final Set<String> REFUSED_TAGS = Set.of("include", "import", "from", "extends", "block", "cycle");

    private static final Pattern EXPRESSION = Pattern.compile("\\s*\\{\\{-?(((?!\\}\\}).)*)\\}\\}\\s*", Pattern.DOTALL);
    private static final int LONGEST_OUTPUT = 16 << 20;

    private static final Jinjava ENGINE = new Jinjava(JinjavaConfig.newBuilder()
            .withFailOnUnknownTokens(true)
            .withNestedInterpretationEnabled(false)
            .withMaxOutputSize(LONGEST_OUTPUT)
            .withDisabled(Map.of(Context.Library.TAG, REFUSED_TAGS))
            .withElResolver(resolver())
            .withLegacyOverrides(
                    LegacyOverrides.newBuilder().withUsePyishObjectMapper(true).build())
            .build());

    private Jinja() {}

    private static ELResolver resolver() {
        CompositeELResolver resolver = new CompositeELResolver();
        resolver.add(new TextMethods());
        resolver.add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
        return resolver;
    }

    /** The template with the values of a document. */
    static String render(String template, Map<String, Object> values) {
        if (!template.contains("{")) {
            return template;
        }
        RenderResult result = ENGINE.renderForResult(template, values);
        fail(result.getErrors(), template);
        return result.getOutput();
    }

    /** What a template of one expression stands for, as it is: a list stays a list. Any other template is rendered. */
    static Object value(String template, Map<String, Object> values) {
        Matcher expression = EXPRESSION.matcher(template);
        if (!expression.matches()) {
            return render(template, values);
        }
        JinjavaInterpreter interpreter = ENGINE.newInterpreter();
        JinjavaInterpreter.pushCurrent(interpreter);
        try {
            interpreter.getContext().putAll(values);
            Object value = interpreter.resolveELExpression(expression.group(1).trim(), 1);
            fail(interpreter.getErrors(), template);
            return value instanceof List<?> || value instanceof Number ? value : render(template, values);
        } catch (InterpretException e) {
            throw failure(template, e.getMessage());
        } finally {
            JinjavaInterpreter.popCurrent();
        }
    }

    private static void fail(List<TemplateError> errors, String template) {
        for (TemplateError error : errors) {
            if (error.getSeverity() == ErrorType.FATAL || error.getReason() == ErrorReason.SYNTAX_ERROR) {
                throw failure(template, error.getMessage());
            }
        }
    }

    private static InputException failure(String template, String reason) {
        return new InputException("the template '" + template + "' fails: "
                + String.valueOf(reason).replaceFirst("^\\w+Exception: ", ""));
    }
}
