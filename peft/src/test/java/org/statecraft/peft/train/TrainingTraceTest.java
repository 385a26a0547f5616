package org.statecraft.peft.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.statecraft.model.testing.Close.assertClose;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.safetensors.SafetensorsFile;
import org.statecraft.model.testing.Fixtures;
import org.statecraft.model.testing.Tolerances;
import org.statecraft.peft.testing.AdapterCase;

/** The trainer against the float64 training traces of {@code fixtures/peft}. */
class TrainingTraceTest {
    @TempDir
    Path folder;

    record Case(AdapterCase.Name name, boolean recompute) {}

    static List<Case> cases() {
        return names().flatMap(name -> Stream.of(new Case(name, false), new Case(name, true)))
                .toList();
    }

    private static Stream<AdapterCase.Name> names() {
        return AdapterCase.names().stream().filter(name -> {
            Path trace = Fixtures.dir("peft").resolve(name.model()).resolve(name.method());
            return trace.resolve("trace.json").toFile().exists();
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void lossesAndFinalParametersEqualTheReference(Case traced) {
        try (AdapterCase c = AdapterCase.open(traced.name, folder);
                SafetensorsFile last = SafetensorsFile.open(c.file("trace_final.safetensors"))) {
            JsonNode trace = Fixtures.json(c.file("trace.json"));
            JsonNode adamW = trace.path("optimizer");
            int steps = trace.path("steps").asInt();
            OptimizerConfig optimizer = new OptimizerConfig(
                    adamW.path("lr").asDouble(),
                    Schedule.CONSTANT,
                    0,
                    adamW.path("weight_decay").asDouble(),
                    adamW.path("beta1").asDouble(),
                    adamW.path("beta2").asDouble(),
                    adamW.path("eps").asDouble(),
                    0);
            TrainingData data =
                    TestData.rows(c.base().array("input_ids"), c.base().array("labels"));
            TrainingConfig config = new TrainingConfig(
                    optimizer,
                    steps,
                    data.size(),
                    1,
                    Rows.PACKED,
                    traced.recompute,
                    steps,
                    0,
                    TrainingConfig.EarlyStopping.NEVER,
                    TrainingConfig.Keep.LAST,
                    1);

            TrainingReport report = new Trainer(c.base().model(), c.adapter(), data, config)
                    .validateOn(data)
                    .train();

            JsonNode losses = trace.path("losses_before_each_step");
            for (int i = 0; i < steps; i++) {
                assertEquals(losses.get(i).asDouble(), report.losses().get(i), Tolerances.TRACE_LOSS, "loss " + i);
            }
            assertEquals(
                    trace.path("loss_after_last_step").asDouble(),
                    report.validations().get(0).loss(),
                    Tolerances.TRACE_LOSS);
            c.adapter()
                    .parameters()
                    .forEach((key, parameter) -> assertClose(
                            key, last.array(c.base().scope(), key), parameter, Tolerances.TRACE_PARAMETERS));
        }
    }
}
