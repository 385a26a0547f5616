package org.statecraft.workbench.probes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.statecraft.eval.probes.ProbeSlice;
import org.w3c.dom.Document;

class DepthMapTest {
    private static DepthMap map() {
        DepthMap map = new DepthMap();
        map.put(ProbeSlice.parse("T=1024 depth=0"), 1);
        map.put(ProbeSlice.parse("T=64 depth=100"), 0.25);
        map.put(ProbeSlice.parse("T=64 depth=0"), 0);
        return map;
    }

    @Test
    void lengthsAreColumnsAndDepthsLines() {
        assertEquals(
                """
                depth  T=64  T=1024
                  0 %  0.00    1.00
                100 %  0.25       -
                """,
                map().text());
    }

    @Test
    void thePictureHasAFieldForEachAndSaysItsValue() throws Exception {
        Document svg = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(
                        HeatMap.of("needle, acc & more", map()).getBytes(StandardCharsets.UTF_8)));
        String text = svg.getDocumentElement().getTextContent();
        assertTrue(text.contains("needle, acc & more") && text.contains("0.25") && text.contains("T=1024"), text);
        int background = 1;
        int scale = 11;
        assertEquals(4 + background + scale, svg.getElementsByTagName("rect").getLength());
    }
}
