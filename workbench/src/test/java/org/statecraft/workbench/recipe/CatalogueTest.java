package org.statecraft.workbench.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.eval.python.PythonJson;
import org.statecraft.eval.tasks.Document;
import org.statecraft.eval.tasks.Task;
import org.statecraft.eval.tasks.TaskConfig;
import org.statecraft.model.files.Hashes;
import org.statecraft.model.testing.Fixtures;

/** The task files that ship ask what lm-evaluation-harness asks: requests, choices, right answers and hashes, character by character. */
class CatalogueTest {
    private static final Path TASKS = Path.of(System.getProperty("statecraft.home"), "recipes", "tasks");

    @TempDir
    private Path folder;

    private static List<JsonNode> objects(String name) throws IOException {
        List<JsonNode> objects = new ArrayList<>();
        ObjectMapper mapper = new ObjectMapper();
        try (InputStream packed = Files.newInputStream(Fixtures.dir("eval").resolve(name));
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(packed), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                objects.add(mapper.readTree(line));
            }
        }
        return objects;
    }

    static Stream<Map.Entry<String, List<JsonNode>>> tasks() throws IOException {
        Map<String, List<JsonNode>> byTask = new LinkedHashMap<>();
        for (JsonNode document : objects("prompts.jsonl.gz")) {
            byTask.computeIfAbsent(document.get("task").textValue(), task -> new ArrayList<>())
                    .add(document);
        }
        return byTask.entrySet().stream();
    }

    /** What a shipped task file says; its data need not be here. */
    private TaskConfig config(String name) throws IOException {
        Findings findings = new Findings();
        LocatedTask task = TaskFile.read(
                name, TASKS.resolve(name + ".yaml"), new Places(List.of(folder), List.of(), List.of()), findings);
        findings.throwIfAny();
        return task.config();
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void aTaskAsksWhatTheHarnessAsks(Map.Entry<String, List<JsonNode>> entry) throws IOException {
        TaskConfig config = config(entry.getKey());
        List<JsonNode> expected = entry.getValue();
        List<ObjectNode> rows = expected.stream()
                .map(document -> (ObjectNode) document.get("row"))
                .toList();
        List<Document> documents =
                new Task(config, split -> rows).documents(all -> all).used();
        for (int i = 0; i < expected.size(); i++) {
            check(expected.get(i), documents.get(i));
        }
    }

    private static void check(JsonNode expected, Document found) {
        String place = expected.get("task") + " " + expected.get("doc_index");
        JsonNode requests = expected.get("requests");
        assertEquals(requests.size(), found.requests().size(), place);
        for (int r = 0; r < requests.size(); r++) {
            assertEquals(
                    List.of(
                            requests.get(r).get("context").textValue(),
                            requests.get(r).get("continuation").textValue()),
                    found.requests().get(r).arguments(),
                    place);
        }
        if (expected.has("choices")) {
            List<String> choices = new ArrayList<>();
            expected.get("choices").forEach(choice -> choices.add(choice.textValue()));
            assertEquals(choices, found.choices(), place);
            assertEquals(List.of(expected.get("gold").intValue()), found.gold(), place);
        }
        assertEquals(expected.get("doc_hash").textValue(), Hashes.sha256(PythonJson.indented(found.fields())), place);
        assertEquals(expected.get("prompt_hash").textValue(), Hashes.sha256(found.prompt()), place);
        assertEquals(expected.get("target_hash").textValue(), Hashes.sha256(found.target()), place);
    }

    @Test
    void aPageOfWikitextIsDetokenisedAndCountedAsItStands() throws IOException {
        TaskConfig config = config("wikitext");
        Path sample = TASKS.resolveSibling("data/wikitext");
        assertTrue(Files.isDirectory(sample), "the slice that ships");
        LocatedTask shipped = RecipeReader.read(recipe("wikitext_sample"), ReadOptions.none())
                .get(0)
                .task("wikitext_sample");
        List<Document> pages =
                shipped.task(shipped.config()).documents(all -> all).used();
        Map<String, JsonNode> golden = new LinkedHashMap<>();
        for (JsonNode page : objects("prompts_wikitext.jsonl.gz")) {
            golden.put(page.get("page_sha256").textValue(), page);
        }
        int compared = 0;
        for (Document page : pages) {
            JsonNode expected = golden.get(Hashes.sha256(page.source()));
            if (expected != null) {
                assertEquals(
                        expected.at("/requests/0/string").textValue(),
                        page.requests().get(0).arguments().get(0));
                compared++;
            }
        }
        assertTrue(compared > 0, "no page of the slice is among the golden ones");
        assertEquals("2.0", config.versionText());
    }

    private Path recipe(String task) throws IOException {
        Path recipe = TASKS.resolveSibling("quickstart.yaml");
        String text =
                "name: t\nmodel: " + recipe.resolveSibling("models/books-4m").toAbsolutePath() + "\nextends: "
                        + recipe.toAbsolutePath() + "\nsteps:\n  - evaluate: {tasks: [" + task + "]}\n";
        return Files.writeString(folder.resolve("r.yaml"), text);
    }

    /** Every file is a task or a group; the slices run from a clone as it is. */
    @Test
    void everyShippedTaskIsWithoutAMistakeAndEverySliceRuns() throws IOException {
        try (Stream<Path> files = Files.list(TASKS)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString().replace(".yaml", "");
                Findings findings = new Findings();
                LocatedTask task = TaskFile.read(
                        name, file, new Places(List.of(TASKS.getParent()), List.of(), List.of()), findings);
                assertEquals(List.of(), findings.sorted(), name);
                if (name.endsWith("_sample")) {
                    assertTrue(task.runnable(), name + ": " + task.missing());
                    assertTrue(
                            task.task(task.config()).documents(all -> 8).used().size() > 0, name);
                }
            }
        }
    }
}
