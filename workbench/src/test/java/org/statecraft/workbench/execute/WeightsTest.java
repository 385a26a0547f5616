package org.statecraft.workbench.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.Summary;
import org.statecraft.workbench.testing.Program;
import org.statecraft.workbench.testing.Workplace;

/** Runs over a model whose matrices are not stored in float32. */
class WeightsTest {
    @TempDir
    private Path folder;

    @Test
    void anAdapterIsTunedOverInt8AndTheRecordsSaySo() throws IOException, InterruptedException {
        RunDirectory run = new Workplace(folder).run("--set", "weights=int8", "--preset", "short");

        Summary summary = Summary.read(run);
        assertEquals("int8", summary.weights());
        double before = bitsPerByte(summary.evaluations().get(0));
        double after = bitsPerByte(summary.evaluations().get(1));
        assertTrue(after < before, before + " before, " + after + " after");
        JsonNode results = new ObjectMapper().readTree(run.evaluation(0).toFile());
        assertEquals("int8", results.at("/statecraft/weights").textValue());
        assertEquals("int8", results.at("/config/model_dtype").textValue());
    }

    private static double bitsPerByte(Summary.Evaluation evaluation) {
        return evaluation.tasks().get("verse").get("bits_per_byte").value();
    }

    @Test
    void generateTakesAFormatAndRefusesAnUnknownOne() throws IOException, InterruptedException {
        Workplace place = new Workplace(folder);
        String model = Workplace.HOME.resolve("recipes/models/books-4m").toString();
        String prompt = "The captain";

        Program.Ended exact = place.start("generate", "--model", model, prompt).await();
        Program.Ended int4 = place.start("generate", "--model", model, "--weights", "int4", prompt)
                .await();
        Program.Ended unknown = place.start("generate", "--model", model, "--weights", "int3", prompt)
                .await();

        assertEquals(0, int4.exitCode(), int4::toString);
        assertTrue(int4.out().startsWith(prompt), int4::out);
        assertNotEquals(exact.out(), int4.out());
        assertEquals(2, unknown.exitCode(), unknown::toString);
        assertTrue(unknown.err().contains("FLOAT32, BFLOAT16, INT8, INT4"), unknown::err);
    }
}
