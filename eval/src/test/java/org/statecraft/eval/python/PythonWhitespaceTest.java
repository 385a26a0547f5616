package org.statecraft.eval.python;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PythonWhitespaceTest {

    @Test
    void whitespaceIsPythonsAndNotJavas() {
        for (char c :
                "\t\n\u000b\f\r\u001c\u001d\u001e\u001f \u0085\u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000"
                        .toCharArray()) {
            assertTrue(PythonWhitespace.is(c), () -> "U+%04X".formatted((int) c));
        }
        for (char c : "\0\u001ba.\u180e\u200b\u200c\ufeff".toCharArray()) {
            assertFalse(PythonWhitespace.is(c), () -> "U+%04X".formatted((int) c));
        }
    }

    @Test
    void emptyPiecesAtBothEndsCountAsWords() {
        assertEquals(1, PythonWhitespace.splitCount(""));
        assertEquals(1, PythonWhitespace.splitCount("one"));
        assertEquals(2, PythonWhitespace.splitCount("two\n\n words"));
        assertEquals(4, PythonWhitespace.splitCount(" two words\n"));
    }

    @Test
    void onlyWhitespaceAtTheEndIsStripped() {
        assertEquals(2, PythonWhitespace.strippedLength(" a \n\u3000"));
        assertEquals(0, PythonWhitespace.strippedLength(" \u00a0"));
        assertEquals(2, PythonWhitespace.strippedLength("a\u200b"));
    }
}
