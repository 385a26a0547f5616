package org.statecraft.model.script;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Wraps a script into a TorchScript archive: a ZIP of stored entries in one folder, readable by {@code torch.jit.load}.
 *
 * <pre>
 * NAME/data.pkl            the object: an instance of the script's class with the one field {@code training = False}
 * NAME/constants.pkl       the empty tuple
 * NAME/version             version of the operator set
 * NAME/code/__torch__.py   the script, byte for byte
 * </pre>
 *
 * The same script gives the same bytes everywhere. Layout and opcodes: PyTorch's {@code torch/csrc/jit/docs/serialization.md}
 * and Python's {@code pickletools} (protocol 2).
 */
final class ScriptArchive {
    private static final Pattern MODULE = Pattern.compile("(?m)^class (\\w+)\\(Module\\):");
    private static final String VERSION = "3\n";
    /** The first month that a ZIP can tell without a time zone. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

    private ScriptArchive() {}

    /**
     * The bytes of the archive.
     *
     * @param name folder inside the archive
     * @param script text with exactly one class that derives from {@code Module}
     */
    static byte[] of(String name, String script) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            store(zip, name + "/data.pkl", instanceOf(moduleClass(name, script)));
            store(zip, name + "/constants.pkl", pickle(")"));
            store(zip, name + "/version", VERSION.getBytes(UTF_8));
            store(zip, name + "/code/__torch__.py", script.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static String moduleClass(String name, String script) {
        Matcher matcher = MODULE.matcher(script);
        if (!matcher.find()) {
            throw new IllegalArgumentException("script " + name + " has no line 'class NAME(Module):'");
        }
        String found = matcher.group(1);
        if (matcher.find()) {
            throw new IllegalArgumentException("script " + name + " has two module classes, " + found + " and "
                    + matcher.group(1) + "; expected one");
        }
        return found;
    }

    /** GLOBAL class, empty tuple, NEWOBJ, dictionary with one entry, BUILD. */
    private static byte[] instanceOf(String moduleClass) {
        return pickle("c__torch__\n" + moduleClass + "\n)\u0081}X\u0008\0\0\0training\u0089sb");
    }

    /** PROTO 2, the given opcodes (one byte a character), STOP. */
    private static byte[] pickle(String opcodes) {
        return ("\u0080\u0002" + opcodes + ".").getBytes(ISO_8859_1);
    }

    private static void store(ZipOutputStream zip, String path, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(path);
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        entry.setCrc(crc.getValue());
        entry.setTimeLocal(TIME);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
