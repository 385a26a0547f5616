package org.statecraft.eval;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.testing.Fixtures;

/** Reads {@code fixtures/eval}. */
public final class EvalFixtures {
    private static final ObjectMapper JSON = new ObjectMapper();

    private EvalFixtures() {}

    public static LanguageModel model() {
        return LanguageModel.load(Fixtures.dir("eval", "model"), Device.cpu());
    }

    public static Tokenizer tokenizer() {
        return Tokenizer.ofFile(
                Path.of(System.getProperty("statecraft.home"), "fixtures", "tokenizers", "20B_tokenizer.json"));
    }

    public static JsonNode json(String name) {
        return Fixtures.json(Fixtures.dir("eval").resolve(name));
    }

    /** The objects of a JSON Lines file, compressed or not. */
    public static List<JsonNode> objects(Path file) {
        return lines(file).stream().map(EvalFixtures::parse).toList();
    }

    public static List<JsonNode> objects(String name) {
        return objects(Fixtures.dir("eval").resolve(name));
    }

    public static List<String> lines(Path file) {
        try (InputStream raw = Files.newInputStream(file);
                InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
                BufferedReader reader = new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The result file of a harness run. */
    public static JsonNode harnessResults(String run) {
        return Fixtures.json(harnessFiles(run, "results_").get(0));
    }

    /** Every samples file of every harness run that is here. */
    public static List<Path> allHarnessSamples() {
        try (Stream<Path> runs = Files.list(Fixtures.dir("eval", "harness"))) {
            return runs.sorted()
                    .flatMap(run -> harnessFiles(run.getFileName().toString(), "samples_").stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Path harnessSamples(String run, String task) {
        return harnessFiles(run, "samples_" + task + "_").get(0);
    }

    private static List<Path> harnessFiles(String run, String start) {
        try (Stream<Path> files = Files.list(Fixtures.dir("eval", "harness", run))) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().startsWith(start))
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw new IllegalStateException("no " + start + "* in the fixtures of run " + run);
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    public static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).intValue();
        }
        return values;
    }

    public static double[] doubles(JsonNode array) {
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).doubleValue();
        }
        return values;
    }

    public static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
