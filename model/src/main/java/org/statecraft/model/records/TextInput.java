package org.statecraft.model.records;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.statecraft.model.InputException;
import org.statecraft.model.files.IoFailures;

/** Opens data files: UTF-8, a byte order mark is dropped, {@code .gz} is unpacked. */
public final class TextInput {
    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final int BUFFER = 8192;

    private TextInput() {}

    /** Work on an open file. */
    interface Use<T> {
        void with(T opened) throws IOException;
    }

    /** Hears of every line. */
    interface Lines {
        void line(int number, String text);
    }

    /**
     * The whole file, its line ends as they are.
     *
     * @throws InputException when it cannot be read or is not UTF-8; the message names the line
     */
    public static String text(Path file) {
        StringWriter text = new StringWriter();
        read(file, reader -> reader.transferTo(text));
        return text.toString();
    }

    /** The characters of a file. */
    static void read(Path file, Use<Reader> use) {
        bytes(file, bytes -> {
            BufferedReader reader = new BufferedReader(new InputStreamReader(bytes, decoder()));
            reader.mark(1);
            if (reader.read() != BYTE_ORDER_MARK) {
                reader.reset();
            }
            use.with(reader);
        });
    }

    /** The bytes of a file, unpacked. */
    static void bytes(Path file, Use<InputStream> use) {
        try (InputStream stored = Files.newInputStream(file);
                InputStream bytes = file.toString().endsWith(".gz") ? new GZIPInputStream(stored) : stored) {
            use.with(bytes);
        } catch (CharacterCodingException e) {
            throw new InputException(
                    file + ":" + malformedLine(file) + ": the file is not UTF-8 text; convert it first", e);
        } catch (IOException e) {
            throw IoFailures.reading(file, e);
        }
    }

    private static CharsetDecoder decoder() {
        return StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
    }

    /** Where the first bytes stand that are not UTF-8. A reader decodes ahead of its line, so the file is decoded again. */
    private static int malformedLine(Path file) {
        int[] line = {1};
        bytes(file, bytes -> {
            ByteBuffer in = ByteBuffer.wrap(bytes.readAllBytes());
            CharBuffer out = CharBuffer.allocate(BUFFER);
            CharsetDecoder decoder = decoder();
            while (decoder.decode(in, out, true).isOverflow()) {
                out.clear();
            }
            for (int i = 0; i < in.position(); i++) {
                line[0] += in.get(i) == '\n' ? 1 : 0;
            }
        });
        return line[0];
    }

    /**
     * The lines of a file that are not blank, without their ends. Only LF and CR LF end a line: other characters that Java takes
     * for line ends may stand in a JSON text.
     */
    static void lines(Path file, Lines lines) {
        read(file, reader -> {
            StringBuilder line = new StringBuilder();
            int number = 1;
            for (int c = reader.read(); c >= 0; c = reader.read()) {
                if (c == '\n') {
                    tell(lines, number++, line);
                } else {
                    line.append((char) c);
                }
            }
            tell(lines, number, line);
        });
    }

    private static void tell(Lines lines, int number, StringBuilder line) {
        int length = line.length();
        String text = line.substring(0, length > 0 && line.charAt(length - 1) == '\r' ? length - 1 : length);
        line.setLength(0);
        if (!text.isBlank()) {
            lines.line(number, text);
        }
    }
}
