package org.statecraft.peft.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;
import static org.statecraft.model.testing.Close.assertCloseToScale;
import static org.statecraft.model.testing.Close.distance;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Output;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.lora.LoraConfig.Variant;
import org.statecraft.peft.testing.RandomValues;

/** What holds for low-rank changes whatever their values are. */
class LoraLawsTest {
    private static final long SEED = 5;
    private static final String MAMBA1 = "mamba1-tiny";
    private static final String MAMBA2 = "mamba2-tiny-g1";

    /** Every place that has a low-rank change of its own kind. */
    private static final Map<String, List<String>> PLACES = Map.of(
            MAMBA1, List.of("in_proj", "x_proj", "dt_proj", "out_proj", "conv1d", "embeddings"),
            MAMBA2, List.of("z", "x", "B", "C", "dt", "out_proj", "conv1d", "embeddings"));

    private static Lora lora(ModelCase base, Variant variant, int rank, double alpha, String... targets) {
        return Lora.create(base.model(), new LoraConfig(variant, rank, alpha), List.of(targets), LayerRange.ALL, SEED);
    }

    private static void set(NDArray parameter, NDArray values) {
        parameter.set(new NDIndex("..."), values);
    }

    private static NDArray logits(LanguageModel model, NDArray ids) {
        return model.logits(model.forward(ids).hidden());
    }

    record Case(KernelCase base, Variant variant) {
        String[] places() {
            List<String> places = PLACES.get(base.model());
            return places.stream()
                    .filter(place -> !variant.hasMagnitude() || !place.equals("embeddings"))
                    .toArray(String[]::new);
        }
    }

    static List<Case> cases() {
        return KernelCase.full().stream()
                .filter(base -> PLACES.containsKey(base.model()))
                .flatMap(base -> Stream.of(Variant.LORA, Variant.RSDORA).map(variant -> new Case(base, variant)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void untrainedChangesNothingAndSingleStepsEqualTheWholeSequence(Case c) {
        try (ModelCase base = c.base.open();
                Lora adapter = lora(base, c.variant, 2, 3, c.places())) {
            LanguageModel model = base.model().with(adapter);
            NDArray ids = base.array("input_ids").get(":, :12");
            NDArray plain = logits(base.model(), ids);
            assertClose("untrained", plain, logits(model, ids), 1e-5);

            RandomValues.fill(adapter, SEED);
            NDArray whole = model.forward(ids).hidden();
            assertTrue(distance(base.model().forward(ids).hidden(), whole) > 1e-2, "but other values do");
            Output output = model.forward(ids.get(":, :9"));
            for (long t = 9; t < 12; t++) {
                NDArray token = ids.get(new NDIndex(":, {}:{}", t, t + 1));
                output = model.forward(TokenBatch.of(token), output.state(), null);
                NDArray expected = whole.get(new NDIndex(":, {}:{}", t, t + 1));
                assertCloseToScale("position " + t, expected, output.hidden(), 2e-4);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("wholes")
    void slicesWithTheSameInnerFactorAreTheWholeInValueAndGradient(Whole w) {
        try (ModelCase base = ModelCase.open(w.model);
                Lora whole = lora(base, w.variant, 3, 3, "in_proj");
                Lora slices = lora(base, w.variant, 3, 3, w.slices)) {
            RandomValues.fill(whole, SEED);
            for (int layer = 0; layer < base.model().layers().size(); layer++) {
                String of = PeftKeys.mixer(layer, "in_proj.");
                long from = 0;
                for (String slice : w.slices) {
                    set(slices.parameters().get(of + slice + ".lora_A.weight"), get(whole, of + "lora_A.weight"));
                    NDArray B = slices.parameters().get(of + slice + ".lora_B.weight");
                    long to = from + B.getShape().get(0);
                    set(B, get(whole, of + "lora_B.weight").get(new NDIndex().addSliceDim(from, to)));
                    if (w.variant.hasMagnitude()) {
                        set(
                                slices.parameters().get(of + slice + ".lora_magnitude_vector"),
                                get(whole, of + "lora_magnitude_vector").get(new NDIndex().addSliceDim(from, to)));
                    }
                    from = to;
                }
            }
            double loss = loss(base, whole);
            assertEquals(loss, loss(base, slices), Tolerances.LOSS);
            for (int layer = 0; layer < base.model().layers().size(); layer++) {
                String of = PeftKeys.mixer(layer, "in_proj.");
                assertCloseToScale(
                        "B",
                        get(whole, of + "lora_B.weight").getGradient(),
                        gradients(slices, of, "lora_B.weight", w.slices, true),
                        Tolerances.GRADIENT_RELATIVE);
                assertCloseToScale(
                        "A",
                        get(whole, of + "lora_A.weight").getGradient(),
                        gradients(slices, of, "lora_A.weight", w.slices, false),
                        Tolerances.GRADIENT_RELATIVE);
            }
        }
    }

    record Whole(String model, Variant variant, String... slices) {}

    static List<Whole> wholes() {
        return List.of(
                new Whole(MAMBA1, Variant.LORA, "x", "z"),
                new Whole(MAMBA2, Variant.LORA, "z", "x", "B", "C", "dt"),
                new Whole(MAMBA2, Variant.DORA, "z", "x", "B", "C", "dt"));
    }

    private static NDArray get(Lora adapter, String key) {
        return adapter.parameters().get(key);
    }

    /** Of all slices, one below the other, or their sum. */
    private static NDArray gradients(Lora adapter, String of, String factor, String[] slices, boolean stacked) {
        NDList parts = new NDList();
        for (String slice : slices) {
            parts.add(get(adapter, of + slice + "." + factor).getGradient());
        }
        return stacked ? NDArrays.concat(parts, 0) : NDArrays.stack(parts).sum(new int[] {0});
    }

    /** With gradients. */
    private static double loss(ModelCase base, Lora adapter) {
        adapter.parameters().values().forEach(parameter -> parameter.setRequiresGradient(true));
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray loss = base.model()
                    .with(adapter)
                    .lossSum(TokenBatch.of(base.array("input_ids")), base.array("labels"))
                    .div(base.figures().path("loss_counted_tokens").asInt());
            collector.backward(loss);
            return loss.getFloat();
        }
    }

    /** Methods reference 2.10: stacked A, B in blocks, alpha three times as large. */
    @Test
    void threeChangesOfPiecesOfXProjAreOneOfThreeTimesTheRank() {
        try (ModelCase base = ModelCase.open(MAMBA1);
                Lora pieces = lora(base, Variant.LORA, 2, 5, "dt", "B", "C");
                Lora one = lora(base, Variant.LORA, 6, 15, "x_proj")) {
            RandomValues.fill(pieces, SEED);
            for (int layer = 0; layer < base.model().layers().size(); layer++) {
                String of = PeftKeys.mixer(layer, "x_proj.");
                set(
                        get(one, of + "lora_A.weight"),
                        NDArrays.concat(new NDList(
                                get(pieces, of + "dt.lora_A.weight"),
                                get(pieces, of + "B.lora_A.weight"),
                                get(pieces, of + "C.lora_A.weight"))));
                NDArray B = get(one, of + "lora_B.weight");
                set(B, base.scope().zeros(B.getShape()));
                long row = 0;
                long column = 0;
                for (String piece : List.of("dt", "B", "C")) {
                    NDArray block = get(pieces, of + piece + ".lora_B.weight");
                    long rows = block.getShape().get(0);
                    B.set(new NDIndex().addSliceDim(row, row + rows).addSliceDim(column, column + 2), block);
                    row += rows;
                    column += 2;
                }
            }
            NDArray ids = base.array("input_ids");
            assertClose(
                    "logits",
                    logits(base.model().with(pieces), ids),
                    logits(base.model().with(one), ids),
                    Tolerances.LOGITS);
        }
    }

    @Test
    void aTiedHeadFollowsTheEmbedding() {
        try (ModelCase base = ModelCase.open(MAMBA2);
                Lora adapter = lora(base, Variant.LORA, 2, 4, "embeddings")) {
            RandomValues.fill(adapter, SEED);
            LanguageModel model = base.model().with(adapter);
            String of = PeftKeys.PREFIX + "backbone.embeddings.";
            NDArray A = get(adapter, of + "lora_embedding_A");
            NDArray B = get(adapter, of + "lora_embedding_B");
            assertEquals(new Shape(2, 97), A.getShape());
            assertEquals(new Shape(32, 2), B.getShape());
            NDArray table =
                    base.model().embedding().base().add(B.matMul(A).transpose().mul(2));
            NDArray ids = base.array("input_ids").get(":1, :5");
            assertClose(
                    "rows", table.get(ids.get(0)), model.embedding().rows(ids).get(0), 1e-5);
            assertClose("value", table, model.embedding().value(base.scope()), 1e-5);
            NDArray hidden = base.model().forward(ids).hidden();
            assertClose("head", hidden.matMul(table.transpose()), model.logits(hidden), Tolerances.LOGITS);
        }
    }

    /** Cheap in rows, yet the same as the whole: an addition that touches other columns would show. */
    @Test
    void aSliceLeavesTheOtherRowsAsTheyAre() {
        try (ModelCase base = ModelCase.open(MAMBA2);
                Lora adapter = lora(base, Variant.LORA, 2, 4, "B")) {
            RandomValues.fill(adapter, SEED);
            String name = "backbone.layers.1.mixer.in_proj.weight";
            NDArray plain = base.model().parameters().get(name).base();
            NDArray changed = base.model().with(adapter).parameters().get(name).value(base.scope());
            NDArray x = RandomValues.array(base.scope(), new Shape(1, 3, 32), 9);
            NDArray applied = base.model().with(adapter).parameters().get(name).apply(x);
            assertClose("apply", x.matMul(changed.transpose()), applied, 1e-5);
            float[] rowChanges = changed.sub(plain).abs().max(new int[] {1}).toFloatArray();
            for (int row = 0; row < rowChanges.length; row++) {
                assertEquals(row >= 128 && row < 144, rowChanges[row] > 0, "row " + row); // z 64, x 64, B 16
            }
        }
    }

    @Test
    void aConvolutionIsTheMatrixOfItsChannelsByItsTaps() {
        try (ModelCase base = ModelCase.open(MAMBA1);
                Lora adapter = lora(base, Variant.LORA, 2, 4, "conv1d")) {
            RandomValues.fill(adapter, SEED);
            String name = "backbone.layers.0.mixer.conv1d.weight";
            String of = PeftKeys.mixer(0, "conv1d.");
            NDArray plain = base.model().parameters().get(name).base();
            NDArray product = get(adapter, of + "lora_B.weight").matMul(get(adapter, of + "lora_A.weight"));
            assertClose(
                    "value",
                    plain.add(product.mul(2).reshape(plain.getShape())),
                    base.model().with(adapter).parameters().get(name).value(base.scope()),
                    1e-6);
        }
    }

    /** Methods reference 2.10 and 2.15. */
    @Test
    void sizesFollowTheFormulas() {
        long layers = 2;
        long d = 32;
        long inner = 64;
        long state = 8;
        long dtRank = 2;
        long r = 8;
        try (ModelCase base = ModelCase.open(MAMBA1)) {
            assertEquals(
                    layers * r * (2 * (inner + dtRank) + 2 * (inner + state)),
                    lora(base, Variant.LORA, 8, 8, "dt", "B", "C", "dt_proj").parameterCount());
            assertEquals(
                    layers * r * 3 * (d + inner),
                    lora(base, Variant.LORA, 8, 8, "x", "z", "out_proj").parameterCount());
            assertEquals(
                    layers * (r * (d + 2 * inner) + 2 * inner),
                    lora(base, Variant.DORA, 8, 8, "in_proj").parameterCount());
            assertEquals(
                    r * (97 + d), lora(base, Variant.LORA, 8, 8, "embeddings").parameterCount());
        }
    }

    @Test
    void onlyTheNamedLayersAreChanged() {
        try (ModelCase base = ModelCase.open(MAMBA2)) {
            LoraConfig config = new LoraConfig(Variant.LORA, 2, 4);
            Lora adapter =
                    Lora.create(base.model(), config, List.of("in_proj", "embeddings"), new LayerRange("0,2"), SEED);
            assertEquals(List.of(0, 2), adapter.layers());
            assertEquals(
                    List.of(
                            PeftKeys.mixer(0, "in_proj.lora_A.weight"),
                            PeftKeys.mixer(0, "in_proj.lora_B.weight"),
                            PeftKeys.mixer(2, "in_proj.lora_A.weight"),
                            PeftKeys.mixer(2, "in_proj.lora_B.weight"),
                            PeftKeys.PREFIX + "backbone.embeddings.lora_embedding_A",
                            PeftKeys.PREFIX + "backbone.embeddings.lora_embedding_B"),
                    List.copyOf(adapter.parameters().keySet()));
        }
    }

    @Test
    void aMagnitudeStartsAsTheNormOfEachRowOfTheModelAsItIs() {
        try (ModelCase base = ModelCase.open(MAMBA2);
                Lora first = lora(base, Variant.LORA, 2, 4, "in_proj")) {
            RandomValues.fill(first, SEED);
            LanguageModel model = base.model().with(first);
            LoraConfig config = new LoraConfig(Variant.DORA, 2, 4);
            Lora second = Lora.create(model, config, List.of("C"), LayerRange.ALL, SEED);
            NDArray rows = model.parameters()
                    .get("backbone.layers.0.mixer.in_proj.weight")
                    .value(base.scope())
                    .get("144:160"); // behind z 64, x 64, B 16
            NDArray norms = rows.square().sum(new int[] {1}).sqrt();
            assertClose("norms", norms, get(second, PeftKeys.mixer(0, "in_proj.C.lora_magnitude_vector")), 1e-6);
            NDArray ids = base.array("input_ids").get(":, :8");
            assertClose("untrained", logits(model, ids), logits(model.with(second), ids), 1e-4);
        }
    }

    @Test
    void initialFactorsDependOnTheSeedOnly() {
        try (ModelCase base = ModelCase.open(MAMBA2)) {
            String key = PeftKeys.mixer(0, "in_proj.lora_A.weight");
            LoraConfig config = new LoraConfig(Variant.LORA, 4, 8);
            float[] first = get(lora(base, Variant.LORA, 4, 8, "in_proj"), key).toFloatArray();
            base.scope().getEngine().setRandomSeed(77);
            assertArrayEquals(
                    first, get(lora(base, Variant.LORA, 4, 8, "in_proj"), key).toFloatArray());
            try (NDManager scope = base.model().newScope()) {
                NDArray other =
                        get(Lora.create(base.model(), config, List.of("in_proj"), LayerRange.ALL, SEED + 1), key);
                assertTrue(distance(scope.create(first, other.getShape()), other) > 1e-3);
                float bound = (float) (1 / Math.sqrt(32));
                assertTrue(other.abs().max().getFloat() <= bound, "Kaiming's bound");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            x_proj    | LORA | targets x_proj match nothing in layers all of this Mamba-2 model
            in_prj    | LORA | did you mean in_proj?
            A_log     | LORA | target A_log is no linear map
            norm      | LORA | target norm is no linear map
            in_proj,x | LORA | targets in_proj and x have rows of backbone.layers.0.mixer.in_proj.weight in common
            x,x       | LORA | targets x and x have rows of backbone.layers.0.mixer.in_proj.weight in common
            embeddings| DORA | target embeddings has no variant dora
            """)
    void impossibleTargetsAreRefusedWithTheReason(String targets, Variant variant, String part) {
        try (ModelCase base = ModelCase.open(MAMBA2)) {
            String message = assertThrows(InputException.class, () -> lora(base, variant, 2, 4, targets.split(",")))
                    .getMessage();
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void scalesAreThoseOfTheVariants() {
        LoraConfig patterns =
                new LoraConfig(Variant.RSLORA, 16, 8, Map.of("layers.0.mixer.in_proj", 4), Map.of(".*out_proj", 2.0));
        assertEquals(8 / 4f, patterns.scaleOf("backbone.layers.1.mixer.in_proj"));
        assertEquals(4, patterns.rankOf("backbone.layers.0.mixer.in_proj"));
        assertEquals(16, patterns.rankOf("backbone.layers.10.mixer.in_proj"));
        assertEquals(8 / 2f, patterns.scaleOf("backbone.layers.0.mixer.in_proj"));
        assertEquals(2 / 4f, patterns.scaleOf("backbone.layers.0.mixer.out_proj"));
        assertEquals(0.5f, new LoraConfig(Variant.DORA, 16, 8).scaleOf("backbone.embeddings"));
        assertThrows(InputException.class, () -> new LoraConfig(Variant.LORA, 0, 8));
        assertThrows(InputException.class, () -> new LoraConfig(Variant.LORA, 2, Double.NaN));
    }
}
