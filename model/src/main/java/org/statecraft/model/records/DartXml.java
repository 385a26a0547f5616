package org.statecraft.model.records;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.statecraft.model.InputException;

/**
 * Reads the XML of DART's test file: {@code entry} elements with {@code modifiedtripleset/mtriple} ({@code s | p | o}) and
 * {@code lex} texts. A document type is refused, so nothing outside the file can be named and nothing in it can multiply.
 */
final class DartXml {
    private static final int PARTS = 3;

    private final Path file;
    private final Consumer<DartFiles.Entry> entries;
    private int line;
    private List<List<String>> triples = List.of();
    private List<DartFiles.Reference> references = List.of();

    private DartXml(Path file, Consumer<DartFiles.Entry> entries) {
        this.file = file;
        this.entries = entries;
    }

    static void read(Path file, Consumer<DartFiles.Entry> entries) {
        TextInput.bytes(file, bytes -> new DartXml(file, entries).read(bytes));
    }

    private void read(InputStream bytes) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        try {
            XMLStreamReader xml = factory.createXMLStreamReader(bytes);
            while (xml.hasNext()) {
                event(xml, xml.next());
            }
        } catch (XMLStreamException e) {
            int at = e.getLocation() == null ? 0 : e.getLocation().getLineNumber();
            throw new InputException(
                    file + ":" + at + ": not XML that is read here: " + e.getMessage()
                            + "; the file was changed or damaged",
                    e);
        }
    }

    private void event(XMLStreamReader xml, int event) throws XMLStreamException {
        if (event == XMLStreamConstants.DTD || event == XMLStreamConstants.ENTITY_REFERENCE) {
            throw new InputException(file + ":" + xml.getLocation().getLineNumber()
                    + ": found a document type or an entity of its own, expected the plain XML of DART");
        }
        if (event == XMLStreamConstants.START_ELEMENT) {
            begin(xml);
        } else if (event == XMLStreamConstants.END_ELEMENT && xml.getLocalName().equals("entry")) {
            entries.accept(new DartFiles.Entry(file.toString(), line, triples, references));
        }
    }

    private void begin(XMLStreamReader xml) throws XMLStreamException {
        switch (xml.getLocalName()) {
            case "entry" -> {
                line = xml.getLocation().getLineNumber();
                triples = new ArrayList<>();
                references = new ArrayList<>();
            }
            case "mtriple" -> triples.add(List.of(xml.getElementText().split(" \\| ", PARTS)));
            case "lex" -> {
                String source = xml.getAttributeValue(null, "comment");
                references.add(new DartFiles.Reference(source == null ? "" : source, xml.getElementText()));
            }
            default -> {
                // what stands around them says nothing more
            }
        }
    }
}
