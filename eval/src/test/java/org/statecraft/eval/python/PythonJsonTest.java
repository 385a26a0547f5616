package org.statecraft.eval.python;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.model.files.Hashes;

class PythonJsonTest {

    @TestFactory
    Stream<DynamicTest> aHarnessSampleIsWrittenBackByteByByte() {
        return forEachSamplesFile(line -> assertEquals(line, PythonJson.line(EvalFixtures.parse(line))));
    }

    @TestFactory
    Stream<DynamicTest> aDocumentHasTheHashThatTheHarnessGivesIt() {
        return forEachSamplesFile(line -> {
            JsonNode sample = EvalFixtures.parse(line);
            assertEquals(sample.get("doc_hash").textValue(), Hashes.sha256(PythonJson.indented(sample.get("doc"))));
        });
    }

    private static Stream<DynamicTest> forEachSamplesFile(Consumer<String> claim) {
        return EvalFixtures.allHarnessSamples().stream()
                .map(file -> DynamicTest.dynamicTest(
                        name(file), () -> EvalFixtures.lines(file).forEach(claim)));
    }

    private static String name(Path file) {
        return file.getParent().getFileName() + "/" + file.getFileName();
    }

    @Test
    void numbersAreWrittenAsPythonWritesThem() {
        assertEquals("0.1", PythonJson.number(0.1));
        assertEquals("-3.0", PythonJson.number(-3));
        assertEquals("-0.0", PythonJson.number(-0.0));
        assertEquals("0.0001", PythonJson.number(1e-4));
        assertEquals("1e-05", PythonJson.number(1e-5));
        assertEquals("1234567890123456.0", PythonJson.number(1234567890123456.0));
        assertEquals("1e+16", PythonJson.number(1e16));
        assertEquals("-1.7976931348623157e+308", PythonJson.number(-Double.MAX_VALUE));
        assertEquals("0.002", PythonJson.number(2e-3));
        assertEquals("5e-324", PythonJson.number(Double.MIN_VALUE));
        // here Double.toString of Java 17 gives 1.9999999999999998E23
        assertEquals("2e+23", PythonJson.number(Double.parseDouble("2e23")));
    }

    @Test
    void controlCharactersAreEscapedAndOthersKept() {
        JsonNode node = EvalFixtures.parse("{\"k\\n\":[\"\\u0001\\u007f\\u00e9\\\"/\\b\\f\",[],{},null,true,12]}");
        assertEquals("{\"k\\n\": [\"\\u0001\u007f\u00e9\\\"/\\b\\f\", [], {}, null, true, 12]}", PythonJson.line(node));
        assertEquals(
                "{\n  \"k\\n\": [\n    \"\\u0001\u007f\u00e9\\\"/\\b\\f\",\n    [],\n    {},\n    null,\n    true,\n    12\n  ]\n}",
                PythonJson.indented(node));
    }
}
