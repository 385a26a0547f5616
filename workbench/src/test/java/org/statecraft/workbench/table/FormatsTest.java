package org.statecraft.workbench.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class FormatsTest {
    @Test
    void numbersKeepAboutFiveDigits() {
        assertEquals("2.5083", Formats.number(2.50831));
        assertEquals("25.083", Formats.number(25.0831));
        assertEquals("250831.40", Formats.number(250831.4));
        assertEquals("2.508e+06", Formats.number(2508314));
        assertEquals("-0.2943", Formats.signed(-0.29429));
        assertEquals("+0.0000", Formats.signed(0));
        assertEquals("0.12", Formats.numberLike(0.1234, 250));
    }

    @Test
    void amountsAndTimesHaveUnits() {
        assertEquals("812 MiB", Formats.bytes(851_443_712));
        assertEquals("1.50 GiB", Formats.bytes(3L << 29));
        assertEquals("64 KiB", Formats.bytes(65_536));
        assertEquals("119.9 s", Formats.seconds(119.9));
        assertEquals("2:05", Formats.seconds(125));
        assertEquals("1:00:05", Formats.clock(3605));
        assertEquals("24,576 of 4,529,600 parameters trained (0.54 %)", Formats.trainedShare(24_576, 4_529_600));
    }
}
