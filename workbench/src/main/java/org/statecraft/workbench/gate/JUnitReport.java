package org.statecraft.workbench.gate;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * The verdict as a JUnit report: a test case for each metric, each guard and the run. What stops a build is a failure or an error,
 * an inconclusive metric that does not is a skipped test.
 */
public final class JUnitReport {
    /** What XML 1.0 cannot hold even escaped. */
    private static final Pattern UNFIT =
            Pattern.compile("[^\\t\\n\\r\\x{20}-\\x{D7FF}\\x{E000}-\\x{FFFD}\\x{10000}-\\x{10FFFF}]");

    private record Case(String group, String name, Outcome outcome, String text) {}

    private JUnitReport() {}

    /** The text, with a final line feed. */
    public static String of(Verdict verdict) {
        List<Case> cases = new ArrayList<>();
        cases.add(new Case(
                "run",
                verdict.run(),
                verdict.problems().isEmpty() ? Outcome.PASS : Outcome.ERROR,
                String.join("\n", verdict.problems())));
        verdict.metrics()
                .forEach(metric -> cases.add(new Case(
                        metric.key().evaluation() + "." + metric.key().task(),
                        metric.key().metric(),
                        metric.outcome(),
                        VerdictText.sentence(metric))));
        verdict.guards()
                .forEach(guard -> cases.add(new Case(
                        "guard", guard.guard().quantity().toString(), guard.outcome(), VerdictText.sentence(guard))));
        try {
            return xml(verdict, cases);
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing to memory", e);
        }
    }

    private static String xml(Verdict verdict, List<Case> cases) throws XMLStreamException {
        StringWriter text = new StringWriter();
        XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
        xml.writeStartDocument("UTF-8", "1.0");
        xml.writeCharacters("\n");
        xml.writeStartElement("testsuite");
        attribute(xml, "name", "statecraft gate");
        attribute(xml, "tests", String.valueOf(cases.size()));
        attribute(xml, "failures", count(cases, verdict, "failure"));
        attribute(xml, "errors", count(cases, verdict, "error"));
        attribute(xml, "skipped", count(cases, verdict, "skipped"));
        xml.writeStartElement("properties");
        xml.writeEmptyElement("property");
        attribute(xml, "name", "verdict");
        attribute(xml, "value", verdict.outcome().name());
        xml.writeEndElement();
        for (Case one : cases) {
            write(xml, one, element(one, verdict));
        }
        xml.writeEndElement();
        xml.writeCharacters("\n");
        xml.writeEndDocument();
        return text.toString();
    }

    private static void write(XMLStreamWriter xml, Case one, String element) throws XMLStreamException {
        xml.writeCharacters("\n  ");
        xml.writeStartElement("testcase");
        attribute(xml, "classname", "gate." + one.group());
        attribute(xml, "name", one.name());
        if (element != null) {
            xml.writeStartElement(element);
            attribute(xml, "message", one.outcome() + ": " + one.text());
            xml.writeEndElement();
        } else if (!one.text().isEmpty()) {
            xml.writeStartElement("system-out");
            xml.writeCharacters(clean(one.text()));
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    /** Null for a passed test. */
    private static String element(Case one, Verdict verdict) {
        return switch (one.outcome()) {
            case PASS -> null;
            case INCONCLUSIVE -> verdict.stops(one.outcome()) ? "failure" : "skipped";
            case FAIL -> "failure";
            case ERROR -> "error";
        };
    }

    private static String count(List<Case> cases, Verdict verdict, String element) {
        return String.valueOf(cases.stream()
                .filter(one -> element.equals(element(one, verdict)))
                .count());
    }

    private static void attribute(XMLStreamWriter xml, String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, clean(value));
    }

    private static String clean(String text) {
        return UNFIT.matcher(text).replaceAll("\uFFFD");
    }
}
