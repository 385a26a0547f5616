package org.statecraft.eval.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.model.InputException;

/** Templates mean what they mean in the harness; expected texts are those of Python's Jinja. */
class JinjaTest {
    private static final Map<String, Object> DOCUMENT = Row.of(
                    (ObjectNode)
                            EvalFixtures.parse(
                                    """
                    {"text": "a b|c  d ", "label": 1, "answerKey": "B", "html": "<b>&\\"' {{label}} {% if %}",
                     "choices": {"text": ["x", "y"], "label": ["A", "B"]}, "name": "ünïcode 😀!"}
                    """))
            .values();

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '~',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "{{text.split(' ')[:-1]|join(' ')}}~a b|c  d",
                "{{' '+text.split(' ')[-1]}}~ ",
                "{{text.split('|')[1]}}~c  d ",
                "{{text.split()|join('_')}}~a_b|c_d",
                "{{text.strip()}}.~a b|c  d.",
                "{{choices.label.index(answerKey)}}~1",
                "{{['no', 'yes'][label]}}~yes",
                "{{html}}~<b>&\"' {{label}} {% if %}",
                "{% if label == 1 %}one{% else %}two{% endif %}!~one!",
                "{{ 'a' if label == 1 else 'b' }}~a",
                "{{text.replace('|', '-').upper()}}~A B-C  D ",
                "{{choices['text'][0]}}~x",
                "{{text[0]}}{{text[-2]}}~ad",
                "{{name[0]}}{{name[8]}}~ü😀",
                "{{', '.join(choices.text)}}~x, y",
                "{% for c in choices.text %}{{loop.index}}. {{c}} {% endfor %}~1. x 2. y ",
                "{# a comment #}x~x",
                "{{name.capitalize()}}~Ünïcode 😀!",
            })
    void rendersAsPython(String template, String expected) {
        assertEquals(expected, Jinja.render(template, DOCUMENT));
    }

    @Test
    void aLineEndAtTheEndStays() {
        assertEquals("1\n", Jinja.render("{{label}}\n", DOCUMENT));
        assertEquals("plain\n\n", Jinja.render("plain\n\n", DOCUMENT));
    }

    @Test
    void anExpressionThatIsAListStaysOne() {
        assertEquals(List.of("x", "y"), List.copyOf((List<?>) Jinja.value("{{choices.text}}", DOCUMENT)));
        assertEquals(
                List.of("B", "y"), List.copyOf((List<?>) Jinja.value("{{[answerKey, choices.text[1]]}}", DOCUMENT)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{nothing}}",
                "{{choices.nothing}}",
                "{{text.getClass()}}",
                "{{text.getClass().forName('java.lang.Runtime')}}",
                "{{''.class}}",
                "{{choices.getClass()}}",
                "{% include '/etc/passwd' %}",
                "{% import 'x' as y %}",
                "{{ label",
                "{% if label %}open",
            })
    void whatIsNotThereOrReachesOutIsAnError(String template) {
        InputException refused = assertThrows(InputException.class, () -> Jinja.render(template, DOCUMENT));
        assertTrue(refused.getMessage().contains(template), refused.getMessage());
        assertThrows(InputException.class, () -> Jinja.value(template, DOCUMENT));
    }
}
