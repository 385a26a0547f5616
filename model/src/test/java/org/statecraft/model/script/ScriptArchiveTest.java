package org.statecraft.model.script;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

class ScriptArchiveTest {
    private static final String SCRIPT = "# Δ\nclass Probe(Module):\n  def forward(self, x):\n    return x\n";

    @Test
    void entriesAreStoredUnderOneFolder() throws IOException {
        Map<String, byte[]> contents = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(ScriptArchive.of("probe", SCRIPT)))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                assertEquals(ZipEntry.STORED, entry.getMethod());
                assertEquals(LocalDateTime.of(1980, 2, 1, 0, 0), entry.getTimeLocal());
                contents.put(entry.getName(), zip.readAllBytes());
            }
        }
        assertEquals(
                List.of("probe/data.pkl", "probe/constants.pkl", "probe/version", "probe/code/__torch__.py"),
                List.copyOf(contents.keySet()));
        assertEquals(SCRIPT, new String(contents.get("probe/code/__torch__.py"), UTF_8));
        assertEquals("3\n", new String(contents.get("probe/version"), UTF_8));
        assertEquals("8002292e", HexFormat.of().formatHex(contents.get("probe/constants.pkl")));
        // PROTO 2, GLOBAL "__torch__ Probe", EMPTY_TUPLE, NEWOBJ, EMPTY_DICT, BINUNICODE "training", NEWFALSE, SETITEM,
        // BUILD, STOP
        assertEquals(
                "8002" + "63" + hex("__torch__\nProbe\n") + "29817d" + "5808000000" + hex("training") + "8973622e",
                HexFormat.of().formatHex(contents.get("probe/data.pkl")));
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(UTF_8));
    }

    @Test
    void bytesDependOnNothingButNameAndScript() {
        TimeZone zone = TimeZone.getDefault();
        byte[] here = ScriptArchive.of("probe", SCRIPT);
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
            assertArrayEquals(here, ScriptArchive.of("probe", SCRIPT));
        } finally {
            TimeZone.setDefault(zone);
        }
    }

    @Test
    void aScriptHasOneModuleClass() {
        assertEquals(
                "script probe has no line 'class NAME(Module):'",
                assertThrows(IllegalArgumentException.class, () -> ScriptArchive.of("probe", "x = 1\n"))
                        .getMessage());
        assertEquals(
                "script probe has two module classes, Probe and Other; expected one",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> ScriptArchive.of("probe", SCRIPT + "class Other(Module):\n"))
                        .getMessage());
    }
}
