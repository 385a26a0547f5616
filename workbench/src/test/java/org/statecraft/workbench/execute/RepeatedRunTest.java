package org.statecraft.workbench.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.workbench.testing.RunContent;
import org.statecraft.workbench.testing.Workplace;

/** A run depends on its recipe and nothing else. */
class RepeatedRunTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aRecipeRunTwiceGivesTheSameBytes(int threads) throws IOException, InterruptedException {
        Workplace place = new Workplace(folder);
        String setting = "threads=" + threads;

        RunContent first = RunContent.of(place.run("--set", setting));
        RunContent second = RunContent.of(place.run("--set", setting));

        assertEquals(List.of(), first.differences(second));
    }

    @Test
    void anotherSeedGivesAnotherAdapter() throws IOException, InterruptedException {
        Workplace place = new Workplace(folder);

        RunContent seven = RunContent.of(place.run("--preset", "short"));
        RunContent eight = RunContent.of(place.run("--preset", "short", "--set", "seed=8"));

        assertNotEquals(seven.adapter(1), eight.adapter(1));
    }
}
