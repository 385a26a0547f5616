package org.statecraft.model.records;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Writes small data files and reads them back. */
record DataFolder(Path folder) {

    static Path resource(String name) {
        try {
            return Path.of(DataFolder.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream out = name.endsWith(".gz")
                ? new GZIPOutputStream(Files.newOutputStream(file))
                : Files.newOutputStream(file)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    /** The fields of all records as JSON, each behind its line; fails when there is a mistake. */
    static List<String> read(RecordSource source) {
        Mistakes mistakes = new Mistakes();
        List<DataRecord> records = source.read(mistakes);
        mistakes.throwIfAny();
        return records.stream()
                .map(record -> record.line() + " " + record.fields())
                .toList();
    }

    List<String> read(String name, String text, RecordFormat format, String... columns) throws IOException {
        return read(new RecordSource(write(name, text), format, List.of(columns), References.APART));
    }

    /** What is wrong with a file, its folder left out. */
    List<String> mistakes(String name, String text, RecordFormat format, String... columns) throws IOException {
        Mistakes mistakes = new Mistakes();
        new RecordSource(write(name, text), format, List.of(columns), References.APART).read(mistakes);
        return mistakes.messages().stream()
                .map(message -> message.replace(folder + "/", ""))
                .toList();
    }
}
