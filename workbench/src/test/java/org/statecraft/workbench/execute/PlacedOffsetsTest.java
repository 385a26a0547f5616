package org.statecraft.workbench.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.Summary;
import org.statecraft.workbench.testing.Program;
import org.statecraft.workbench.testing.RunContent;
import org.statecraft.workbench.testing.Workplace;

/** Offsets under a byte budget and scaled step sizes, from the recipe to the files. */
class PlacedOffsetsTest {
    /** A head of the bundled model takes 64 · 64 · 4 bytes. */
    private static final String[] BUDGET = {
        "--set", "steps[1].tune.method={type: state-offset, form: full, budget-bytes: 50000, probe-batches: 2}",
        "--set", "steps[2].evaluate.delta-scale=0.8"
    };

    @TempDir
    private Path folder;

    @Test
    void theChosenHeadsAreStoredAndResultsCarryTheFactor() throws IOException, InterruptedException {
        RunDirectory run = new Workplace(folder).run(BUDGET);

        JsonNode covered =
                json(run.artifacts().resolve("01-adapter/adapter_config.json")).path("covered");
        int heads = 0;
        for (JsonNode entries : covered) {
            heads += entries.size();
        }
        assertEquals(3, heads, covered::toString);
        JsonNode results = json(run.evaluation(2));
        assertEquals(0.8, results.at("/statecraft/deltaScale").doubleValue());
        assertEquals(1, json(run.evaluation(0)).at("/statecraft/deltaScale").doubleValue());
        List<Summary.Evaluation> scores = Summary.read(run).evaluations();
        assertNotEquals(scores.get(0).tasks(), scores.get(1).tasks());
    }

    @Test
    void aKilledRunChoosesTheSameHeadsOnceResumed() throws IOException, InterruptedException {
        RunContent whole = RunContent.of(new Workplace(folder.resolve("whole")).run(BUDGET));
        Workplace place = new Workplace(folder.resolve("killed"));
        Program program = place.startRun(BUDGET);
        while (program.isAlive() && !checkpointIn(place)) {
            Thread.sleep(20);
        }
        program.kill();

        Program.Ended again = place.start("resume", place.onlyRun().id()).await();

        assertEquals(0, again.exitCode(), again::toString);
        assertTrue(again.out().contains("12,288 of"), again.out());
        assertEquals(List.of(), whole.differences(RunContent.of(place.onlyRun())));
    }

    private static boolean checkpointIn(Workplace place) {
        return RunDirectory.list(place.runs()).stream()
                .anyMatch(run -> PublishedFolder.isValid(run.checkpoints().resolve("01-tune/000003")));
    }

    private static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }
}
