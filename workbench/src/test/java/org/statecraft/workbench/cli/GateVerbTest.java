package org.statecraft.workbench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.workbench.compare.FakeRun;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.RunState;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import picocli.CommandLine;

/** {@code gate} and {@code gate update} over run directories. */
class GateVerbTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int N = 200;

    @TempDir
    private Path folder;

    private Path baseline;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private int minute;

    @BeforeEach
    void makeABaseline() throws IOException {
        baseline = folder.resolve("baselines/ci.json");
        RunDirectory first = run("first", 120);
        assertEquals(
                0,
                update(
                        first,
                        "--why",
                        "first, \"50 %\" of it",
                        "--by",
                        "Ada",
                        "--margin",
                        "acc=0.05",
                        "--chance",
                        "acc=0.25"),
                err::toString);
        out.getBuffer().setLength(0);
    }

    /** A completed run that got so many of 200 documents right. */
    private RunDirectory run(String name, int right) {
        return fake(name, right, N, "1.0").completed();
    }

    private FakeRun fake(String name, int right, int n, String version) {
        double[] values = new double[n];
        for (int i = 0; i < right; i++) {
            values[i] = 1;
        }
        FakeRun run = new FakeRun(folder.resolve("runs"), name, minute++);
        run.tuned(0, 1.0, 1000L, 50_000L, null);
        run.scored(1, "after", "toy", "acc", right / (double) n, 0.03, n).documents(1, "toy", "acc", values);
        RunDirectory directory = find(name);
        AtomicFiles.writeJson(
                directory.evaluation(1),
                Map.of(
                        "model_name",
                        "models/tiny",
                        "versions",
                        Map.of("toy", version),
                        "task_hashes",
                        Map.of("toy", "hash of " + n)));
        git(directory, false);
        return run;
    }

    private RunDirectory find(String name) {
        return RunDirectory.list(folder.resolve("runs")).stream()
                .filter(run -> run.id().contains("-" + name + "-"))
                .findFirst()
                .orElseThrow();
    }

    private static void git(RunDirectory directory, boolean dirty) {
        AtomicFiles.writeJson(directory.environment(), Map.of("git", Map.of("commit", "c0ffee", "dirty", dirty)));
    }

    private int gate(String... arguments) {
        return new CommandLine(new GateVerb())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    private int gate(RunDirectory run, String... more) {
        List<String> all = new ArrayList<>(List.of("--baseline", baseline.toString(), "--run", run.toString()));
        all.addAll(List.of(more));
        return gate(all.toArray(String[]::new));
    }

    private int update(RunDirectory run, String... more) {
        List<String> all =
                new ArrayList<>(List.of("update", "--baseline", baseline.toString(), "--run", run.toString()));
        all.addAll(List.of(more));
        return gate(all.toArray(String[]::new));
    }

    @Test
    void theBaselineSaysWhoWhenAndWhy() throws IOException {
        JsonNode tree = JSON.readTree(baseline.toFile());

        assertEquals(1, tree.get("format").asInt());
        assertEquals("Ada", tree.get("by").asText());
        assertEquals("first, \"50 %\" of it", tree.get("why").asText());
        assertEquals("models/tiny", tree.get("model").asText());
        assertEquals("c0ffee", tree.get("commit").asText());
        assertTrue(tree.get("date").asText().matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ"));
        JsonNode metric = tree.at("/metrics/0");
        assertEquals("after", metric.get("evaluation").asText());
        assertEquals(0.6, metric.get("value").asDouble());
        assertEquals(0.05, metric.get("margin").asDouble());
        Path samples = baseline.resolveSibling(metric.get("samples").asText());
        assertEquals(N, Files.readAllLines(samples).size());
        assertEquals(
                "{\"doc_id\":0,\"doc_hash\":\"doc0\",\"acc\":1.0}",
                Files.readAllLines(samples).get(0));
    }

    @Test
    void aMetricOfAProbeIsNamedByItsSliceAndKnowsItsChance() throws IOException {
        FakeRun run = new FakeRun(folder.resolve("runs"), "probed", minute++);
        String metric = "acc [T=64 k=4]";
        run.scored(1, "probes base", "mqar", metric, 0.5, 0.2, 4)
                .documents(1, "samples_mqar.jsonl", metric, Arrays.asList(1, null, 0, 1, null, 0));
        RunDirectory directory = run.completed();
        AtomicFiles.writeJson(
                directory.evaluation(1),
                Map.of("statecraft", Map.of("probes", Map.of("mqar", Map.of("chance", Map.of(metric, 0.25))))));
        git(directory, false);
        baseline = folder.resolve("probes.json");

        int written = update(directory, "--why", "first", "--by", "Ada", "--margin", "mqar/" + metric + "=0.9");

        assertEquals(0, written, err::toString);
        JsonNode entry = JSON.readTree(baseline.toFile()).at("/metrics/0");
        assertEquals(metric, entry.get("metric").asText());
        assertEquals(0.9, entry.get("margin").asDouble());
        assertEquals(0.25, entry.get("chance").asDouble());
        assertEquals(0, gate(directory), out::toString);
        assertEquals(2, update(directory, "--why", "w", "--margin", "acc=much"));
        assertTrue(err.toString().contains("'much' is not a number"), err::toString);
    }

    @ParameterizedTest
    @CsvSource({"120, PASS, 0, 0", "119, PASS, 0, 0", "110, INCONCLUSIVE, 0, 4", "60, FAIL, 3, 3"})
    void theExitCodeAndEveryReportShowTheSameVerdict(int right, String verdict, int exit, int strictExit)
            throws Exception {
        RunDirectory run = run("second", right);
        Path markdown = folder.resolve("gate.md");
        Path json = folder.resolve("gate.json");
        Path junit = folder.resolve("gate.xml");

        assertEquals(
                exit,
                gate(
                        run,
                        "--markdown",
                        markdown.toString(),
                        "--json",
                        json.toString(),
                        "--junit",
                        junit.toString(),
                        "--github"),
                err::toString);

        String text = out.toString();
        assertTrue(text.startsWith(verdict + ": run "), text);
        assertTrue(text.lines().anyMatch(line -> line.startsWith(verdict + " ") && line.contains("acc ↑")), text);
        assertTrue(Files.readString(markdown).startsWith("- " + verdict + ": run "));
        JsonNode tree = JSON.readTree(json.toFile());
        assertEquals(verdict, tree.get("outcome").asText());
        assertEquals(verdict, tree.at("/metrics/0/outcome").asText());
        assertEquals(exit != 0, tree.get("stops").asBoolean());
        assertEquals(
                (right / 200.0 - 0.25) / 0.35, tree.at("/metrics/0/recovery").asDouble(), 1e-12);
        Element suite = parse(Files.readString(junit));
        assertEquals(verdict.equals("FAIL") ? "1" : "0", suite.getAttribute("failures"));
        assertEquals(verdict.equals("INCONCLUSIVE") ? "1" : "0", suite.getAttribute("skipped"));
        String command = exit != 0 ? "::error" : verdict.equals("PASS") ? "::notice" : "::warning";
        List<String> annotations =
                text.lines().filter(line -> line.startsWith("::")).toList();
        assertTrue(annotations.stream().allMatch(line -> line.startsWith(command + " title=")), annotations::toString);
        assertTrue(annotations.get(0).contains("\"50 %25\" of it"), annotations::toString);

        out.getBuffer().setLength(0);
        assertEquals(strictExit, gate(run, "--strict", "--junit", "-"));
        assertEquals(strictExit == 0 ? "0" : "1", parse(out.toString()).getAttribute("failures"));
    }

    private static Element parse(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
                .getDocumentElement();
    }

    @Test
    void aReportHoldsATestCaseForEachMetricWhateverItsText() throws Exception {
        edit(tree -> tree.put("why", "a < b & \"c\"\u0001\nnext % line"));
        RunDirectory run = run("second", 60);

        assertEquals(3, gate(run, "--junit", "-"));
        NodeList cases = parse(out.toString()).getElementsByTagName("testcase");
        assertEquals(2, cases.getLength());
        assertEquals("gate.after.toy", ((Element) cases.item(1)).getAttribute("classname"));

        out.getBuffer().setLength(0);
        assertEquals(3, gate(run, "--github"));
        String line = out.toString()
                .lines()
                .filter(one -> one.startsWith("::error title=gate::"))
                .findFirst()
                .orElseThrow();
        assertTrue(line.contains("%0Anext %25 line"), line);
        assertTrue(out.toString().contains("::error title=after/toy/acc::FAIL: 0.6000 -> 0.3000"), out::toString);
    }

    private interface Change {
        void to(ObjectNode tree);
    }

    private void edit(Change change) throws IOException {
        ObjectNode tree = (ObjectNode) JSON.readTree(baseline.toFile());
        change.to(tree);
        AtomicFiles.writeJson(baseline, tree);
    }

    @Test
    void whatCannotBeComparedEndsWithTwo() throws IOException {
        List<RunDirectory> runs = List.of(
                fake("failed", 120, N, "1.0").ended(RunState.FAILED, "broke"),
                fake("killed", 120, N, "1.0").killed(),
                fake("version", 120, N, "2.0").completed(),
                fake("documents", 120, N - 1, "1.0").completed(),
                new FakeRun(folder.resolve("runs"), "missing", minute++)
                        .scored(1, "after", "toy", "acc_norm", 0.6, 0.03, N)
                        .completed(),
                new FakeRun(folder.resolve("runs"), "empty", minute++)
                        .scored(1, "after", "toy", "acc", null, null, 0)
                        .completed(),
                new FakeRun(folder.resolve("runs"), "nan", minute++)
                        .scored(1, "after", "toy", "acc", Double.NaN, null, N)
                        .completed());
        List<String> reasons = List.of(
                "is FAILED",
                "is LOST",
                "version 2.0",
                "other documents",
                "no such score",
                "no document was scored",
                "not a number");
        for (int i = 0; i < runs.size(); i++) {
            out.getBuffer().setLength(0);
            assertEquals(2, gate(runs.get(i)), out::toString);
            assertTrue(out.toString().startsWith("ERROR: "), out::toString);
            assertTrue(out.toString().contains(reasons.get(i)), out::toString);
        }
        assertEquals(2, gate("--baseline", baseline.toString(), "--runs", folder.toString(), "--run", "nothing"));
        assertEquals(2, gate("--baseline", "nothing.json", "--run", runs.get(0).toString()));
        assertEquals(2, gate("--run", runs.get(0).toString()));
        assertEquals(2, gate(runs.get(0), "--alpha", "0.9"));
        assertEquals(2, gate(runs.get(0), "--json", "-", "--junit", "-"));
        assertEquals(2, gate(runs.get(0), "--json", "-", "--github"));
    }

    @Test
    void everyMistakeOfABaselineIsNamedWithItsPlace() throws IOException {
        RunDirectory run = run("second", 120);
        edit(tree -> {
            tree.remove("why");
            tree.put("recipehash", "x");
            ObjectNode metric = (ObjectNode) tree.at("/metrics/0");
            metric.put("margin", -0.1);
            metric.put("value", "high");
            metric.put("samples", "../elsewhere.jsonl");
        });

        assertEquals(2, gate(run));
        assertEquals("", out.toString());
        List<String> lines = err.toString().lines().toList();
        for (String part : List.of(
                "recipehash: unknown key; did you mean recipeHash?",
                "why: missing",
                "metrics[0].margin: is below 0",
                "metrics[0].value: not a finite number")) {
            assertTrue(lines.stream().anyMatch(line -> line.contains(": " + part)), part + " in " + lines);
        }
    }

    @Test
    void samplesThatWereChangedOrLieElsewhereAreRefused() throws IOException {
        RunDirectory run = run("second", 120);
        String name = JSON.readTree(baseline.toFile()).at("/metrics/0/samples").asText();
        Path samples = baseline.resolveSibling(name);
        String content = Files.readString(samples);

        Files.writeString(samples, content.replaceFirst("\"acc\":1.0", "\"acc\":0.0"));
        assertEquals(2, gate(run));
        assertTrue(err.toString().contains("was changed or damaged"), err::toString);
        Files.delete(samples);
        assertEquals(2, gate(run));
        assertTrue(err.toString().contains("restore it"), err::toString);
        edit(tree -> ((ObjectNode) tree.at("/metrics/0")).put("samples", "../" + name));
        assertEquals(2, gate(run));
        assertTrue(err.toString().contains("not the name of a file beside"), err::toString);
    }

    @Test
    void anUpdateNeedsACompletedRunOfCleanSources() throws IOException {
        String before = Files.readString(baseline);
        RunDirectory dirty = run("dirty", 130);
        git(dirty, true);
        RunDirectory failed = fake("failed", 130, N, "1.0").ended(RunState.FAILED, "broke");
        Files.delete(failed.environment());
        RunDirectory missing = new FakeRun(folder.resolve("runs"), "missing", minute++).completed();

        assertEquals(2, update(dirty, "--why", "x"));
        assertTrue(err.toString().contains("changed sources"), err::toString);
        err.getBuffer().setLength(0);
        assertEquals(2, update(failed, "--why", " ", "--margin", "nothing=0.1", "--guard", "tokensKept=..1"));
        for (String part : List.of("is FAILED", "which commit", "--why", "--margin nothing", "--guard tokensKept")) {
            assertTrue(err.toString().contains(part), part + " in " + err);
        }
        assertEquals(2, update(missing, "--why", "x"));
        assertEquals(2, update(dirty));
        assertEquals(before, Files.readString(baseline));
    }

    @Test
    void anUpdateKeepsMarginsAndGuardsAndReplacesTheSamples() throws IOException {
        RunDirectory better = run("better", 150);

        assertEquals(0, update(better, "--why", "better", "--guard", "totalParameters=..1.0"), err::toString);
        assertEquals(0, update(better, "--why", "again"), err::toString);

        JsonNode tree = JSON.readTree(baseline.toFile());
        assertEquals(0.05, tree.at("/metrics/0/margin").asDouble());
        assertEquals(0.25, tree.at("/metrics/0/chance").asDouble());
        assertEquals(0.75, tree.at("/metrics/0/value").asDouble());
        assertEquals(50_000, tree.at("/guards/0/value").asDouble());
        assertEquals(1.0, tree.at("/guards/0/maxRatio").asDouble());
        try (Stream<Path> files = Files.list(baseline.getParent())) {
            assertEquals(2, files.count(), "the baseline and one file of samples");
        }
        assertEquals(0, gate(better), out::toString);
        assertEquals(3, gate(run("worse", 120)));
        assertTrue(out.toString().contains("Guards"), out::toString);
    }

    @Test
    void aFirstBaselineNamesItsMarginsAndIsWarnedOfFewDocuments() throws IOException {
        RunDirectory run = run("second", 120);
        Files.delete(baseline);

        assertEquals(2, update(run, "--why", "first"));
        assertTrue(err.toString().contains("of: after/toy/acc"), err::toString);
        assertFalse(Files.exists(baseline));
        assertEquals(0, update(run, "--why", "first", "--margin", "toy/acc=0.01"));
        assertTrue(out.toString().contains("it takes 299"), out::toString);
    }

    @Test
    void theSelfTestEndsWithZeroOnlyIfTheGateCaughtTheWorsenedCopies() {
        assertEquals(0, gate(run("second", 119), "--self-test"), out::toString);
        assertTrue(out.toString().contains("caught: after/toy/acc"), out::toString);
        assertEquals(1, gate(run("hopeless", 60), "--self-test"), "the run fails as it is");
        assertEquals(2, gate(fake("version", 120, N, "2.0").completed(), "--self-test"));
    }
}
