package org.statecraft.eval.cache;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.statecraft.eval.scoring.Response;
import org.statecraft.model.files.IoFailures;

/**
 * Answers of one model in a file that only grows: first a line with what decides the answers, then a line for each batch. A process
 * that dies leaves at most one torn line, which the next one cuts off: a batch is there as a whole or not at all.
 */
public final class AnswerFile implements AnswerCache, AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final FileChannel channel;
    private final Map<String, Response> known = new HashMap<>();
    private final boolean writable;
    private ObjectNode batch = JSON.createObjectNode();

    private AnswerFile(Path file, FileChannel channel, boolean writable) {
        this.file = file;
        this.channel = channel;
        this.writable = writable;
    }

    /**
     * Opens the file of a model. While another process writes it, it is only read.
     *
     * @param facts everything that decides answers besides the requests
     */
    public static AnswerFile open(Path folder, Map<String, String> facts) {
        Path file = folder.resolve(AnswerCache.identity(facts) + ".jsonl");
        try {
            Files.createDirectories(folder);
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            AnswerFile answers = new AnswerFile(file, channel, lock(channel) != null);
            answers.read(facts);
            return answers;
        } catch (IOException e) {
            throw IoFailures.writing(file, e);
        }
    }

    private static FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // by another run of this process
        }
    }

    /** Reads whole lines up to the first that is torn; that one and what follows are cut off. */
    private void read(Map<String, String> facts) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int good = 0;
        for (int start = 0, end; (end = lineEnd(bytes, start)) >= 0; start = end + 1) {
            String line = new String(bytes, start, end - start, StandardCharsets.UTF_8);
            if (start == 0 ? !line.equals(header(facts)) : !take(line)) {
                break;
            }
            good = end + 1;
        }
        if (writable) {
            channel.truncate(good);
            channel.position(good);
            if (good == 0) {
                write(header(facts));
            }
        }
    }

    private static int lineEnd(byte[] bytes, int start) {
        for (int i = start; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private static String header(Map<String, String> facts) throws JsonProcessingException {
        return JSON.writeValueAsString(facts);
    }

    private boolean take(String line) {
        try {
            Map<String, Response> read = new HashMap<>();
            for (Map.Entry<String, JsonNode> entry : JSON.readTree(line).properties()) {
                read.put(entry.getKey(), AnswerJson.read(entry.getValue()));
            }
            known.putAll(read);
            return true;
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return false;
        }
    }

    private void write(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** How many answers there are. */
    public int size() {
        return known.size();
    }

    @Override
    public Response get(String key) {
        return known.get(key);
    }

    @Override
    public void put(String key, Response answer) {
        known.put(key, answer);
        batch.set(key, AnswerJson.of(answer));
    }

    @Override
    public void commit() {
        if (batch.isEmpty()) {
            return;
        }
        if (writable) {
            try {
                write(JSON.writeValueAsString(batch));
            } catch (IOException e) {
                throw IoFailures.writing(file, e);
            }
        }
        batch = JSON.createObjectNode();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw IoFailures.writing(file, e);
        }
    }
}
