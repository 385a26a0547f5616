package org.statecraft.workbench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.workbench.compare.FakeRun;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.RunState;

/** What the gate takes from the files of a run. */
class RunScoresTest {
    private static final MetricKey KEY = new MetricKey("base", "toy", "acc");

    @TempDir
    private Path runs;

    /** @param secondAnswer what the model wrote for the second document */
    private CandidateScores scores(String name, String secondAnswer) {
        FakeRun fake = new FakeRun(runs, name, 0).scored(0, "base", "toy", "acc", 0.5, 0.5, 2);
        RunDirectory directory = RunDirectory.open(runs, fake.completed().id());
        String first =
                "{\"doc_id\":0,\"doc_hash\":\"a\",\"acc\":1,\"filtered_resps\":[\"x\"],\"statecraft\":{\"tokens\":4}}";
        String second = "{\"doc_id\":1,\"doc_hash\":\"b\",\"acc\":0,\"filtered_resps\":[\"" + secondAnswer
                + "\"],\"statecraft\":{\"tokens\":8}}";
        AtomicFiles.writeString(
                directory.documentSamples(0).resolve("samples_toy.jsonl"), second + "\n" + first + "\n");
        AtomicFiles.writeJson(
                directory.evaluation(0),
                Map.of(
                        "config", Map.of("model_num_parameters", 1234),
                        "versions", Map.of("toy", 1.0),
                        "task_hashes", Map.of("toy", "h")));
        return RunScores.of(directory);
    }

    @Test
    void scoresComeWithTheirDocumentsAndWithWhatTheTaskWas() {
        CandidateScore score = scores("one", "y").scores().get(KEY);

        assertEquals("1.0", score.taskVersion());
        assertEquals("h", score.taskHash());
        assertTrue(score.higherIsBetter());
        assertEquals(2, score.documents().documents().size());
        assertEquals(1, score.documents().shares()[0]);
    }

    @Test
    void quantitiesAreThoseOfTheModelAndOfItsAnswers() {
        Map<Quantity, Double> quantities = scores("one", "y").quantities();

        assertEquals(6, quantities.get(new Quantity("generatedTokens", "base", "toy")));
        assertEquals(1234, quantities.get(Quantity.ofRun("totalParameters")));
        assertNull(quantities.get(Quantity.ofRun("trainableParameters")));
    }

    @Test
    void theSameAnswersHaveTheSameHash() {
        String hash = scores("one", "y").scores().get(KEY).answersHash();

        assertEquals(hash, scores("two", "y").scores().get(KEY).answersHash());
        assertNotEquals(hash, scores("three", "z").scores().get(KEY).answersHash());
    }

    @Test
    void aRunThatDidNotEndHasAStateOnly() {
        RunDirectory killed = new FakeRun(runs, "killed", 0)
                .scored(0, "base", "toy", "acc", 0.5, 0.5, 2)
                .killed();

        assertEquals(new CandidateScores(killed.id(), RunState.LOST, Map.of(), Map.of()), RunScores.of(killed));
    }
}
