package org.statecraft.eval.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.eval.data.HubLayout.Found;
import org.statecraft.model.InputException;

class HubLayoutTest {
    @TempDir
    Path root;

    private void files(String... names) throws IOException {
        for (String name : names) {
            Files.createDirectories(root.resolve(name).getParent());
            Files.writeString(root.resolve(name), "");
        }
    }

    private List<String> names(Found found) {
        return found.files().stream()
                .map(file -> root.relativize(file).toString())
                .toList();
    }

    @Test
    void piecesOfASplitComeInTheirOrder() throws IOException {
        files(
                "allenai/ai2_arc/ARC-Easy/test-00001-of-00002.parquet",
                "allenai/ai2_arc/ARC-Easy/test-00000-of-00002.parquet");

        Found found = HubLayout.find(root, "allenai/ai2_arc", "ARC-Easy", "test");

        assertEquals("parquet", found.loader());
        assertEquals(
                List.of(
                        "allenai/ai2_arc/ARC-Easy/test-00000-of-00002.parquet",
                        "allenai/ai2_arc/ARC-Easy/test-00001-of-00002.parquet"),
                names(found));
    }

    @Test
    void aSplitWhoseNameBeginsLikeAnotherIsNotThatOne() throws IOException {
        files("nyu-mll/glue/mnli/validation_matched-00000-of-00001.parquet", "nyu-mll/glue/mnli/validation.json");

        assertEquals(
                List.of("nyu-mll/glue/mnli/validation.json"),
                names(HubLayout.find(root, "nyu-mll/glue", "mnli", "validation")));
        assertEquals(
                List.of("nyu-mll/glue/mnli/validation_matched-00000-of-00001.parquet"),
                names(HubLayout.find(root, "nyu-mll/glue", "mnli", "validation_matched")));
    }

    @Test
    void withoutAConfigurationFilesStandInDataOrInTheFolderItself() throws IOException {
        files(
                "Rowan/hellaswag/data/validation-00000-of-00001.parquet",
                "Rowan/hellaswag/test.jsonl",
                "Rowan/hellaswag/README.md");

        assertEquals(
                List.of("Rowan/hellaswag/data/validation-00000-of-00001.parquet"),
                names(HubLayout.find(root, "Rowan/hellaswag", null, "validation")));
        assertEquals(
                List.of("Rowan/hellaswag/test.jsonl"), names(HubLayout.find(root, "Rowan/hellaswag", null, "test")));
    }

    @Test
    void oneFormatIsTakenWhereSeveralHoldTheSame() throws IOException {
        files("d/test.csv", "d/test.jsonl", "d/test.parquet");

        assertEquals(List.of("d/test.parquet"), names(HubLayout.find(root, "d", null, "test")));
    }

    @Test
    void whatIsNotThereTellsWhereItWasLookedFor() {
        Found found = HubLayout.find(root, "a/b", "c", "test");

        assertTrue(found.files().isEmpty());
        assertNull(found.loader());
        assertEquals(
                List.of(
                        root + "/a/b/c/test*.{parquet,jsonl,json,csv}",
                        root + "/a/b/data/test*.{parquet,jsonl,json,csv}",
                        root + "/a/b/test*.{parquet,jsonl,json,csv}"),
                found.looked());
    }

    @Test
    void namesThatLeadOutOfTheRootAreRefused() {
        assertThrows(InputException.class, () -> HubLayout.find(root, "../other", null, "test"));
        assertThrows(InputException.class, () -> HubLayout.find(root, "/etc", null, "test"));
        assertThrows(InputException.class, () -> HubLayout.find(root, "a", "../../b", "test"));
    }
}
