package org.statecraft.peft.initialstate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;
import static org.statecraft.model.testing.Close.distance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LayerShape;
import org.statecraft.model.ModelState;
import org.statecraft.model.Output;
import org.statecraft.model.Site;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.files.AdapterFiles;
import org.statecraft.peft.initialstate.InitialStateConfig.Form;
import org.statecraft.peft.testing.RandomValues;

/** What holds for initial states whatever their values are. */
class InitialStateLawsTest {
    @TempDir
    private Path folder;

    static List<KernelCase> cases() {
        return KernelCase.full();
    }

    private static InitialState filled(ModelCase base, Form form, String layers) {
        InitialState adapter = InitialState.create(base.model(), new InitialStateConfig(form, new LayerRange(layers)));
        RandomValues.fill(adapter, 3);
        return adapter;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void anUntrainedOneChangesNothing(KernelCase c) {
        for (Form form : Form.values()) {
            try (ModelCase base = c.open();
                    InitialState adapter =
                            InitialState.create(base.model(), new InitialStateConfig(form, LayerRange.ALL))) {
                NDArray ids = base.array("input_ids");
                NDArray plain = base.model().forward(ids).hidden();
                NDArray adapted = base.model().with(adapter).forward(ids).hidden();
                assertClose("hidden", plain, adapted, Tolerances.STATES);
                RandomValues.fill(adapter, 3);
                assertTrue(
                        distance(plain, base.model().with(adapter).forward(ids).hidden()) > 1e-2,
                        "but other values do");
            }
        }
    }

    /** Section 2.5 of the methods reference: what it adds to the scan's output and to the state at the end. */
    @ParameterizedTest
    @MethodSource("cases")
    void itsEffectHasAClosedForm(KernelCase c) {
        try (ModelCase base = c.open();
                InitialState adapter = filled(base, Form.STATE, "0")) {
            NDArray ids = base.array("input_ids");
            Seen plain = Seen.of(base.model(), ids);
            Seen adapted = Seen.of(base.model().with(adapter), ids);
            LayerShape s = base.model().layers().get(0).shape();
            float[] h0 = adapter.parameters().values().iterator().next().toFloatArray();
            float[] aLog = base.model()
                    .parameters()
                    .get("backbone.layers.0.mixer.A_log")
                    .value(base.scope())
                    .toFloatArray();
            int tokens = (int) ids.getShape().get(1);
            int inner = (int) s.dInner();
            int state = (int) s.state();
            float[] expectedY = new float[2 * tokens * inner];
            float[] expectedEnd = new float[2 * inner * state];
            float[] delta = plain.values(Site.DELTA);
            int deltas = delta.length / (2 * tokens);
            float[] C = plain.values(Site.C);
            int groups = (int) s.groups();
            for (int b = 0; b < 2; b++) {
                double[] sum = new double[deltas];
                for (int t = 0; t < tokens; t++) {
                    for (int i = 0; i < deltas; i++) {
                        sum[i] += delta[(b * tokens + t) * deltas + i];
                    }
                    for (int e = 0; e < inner; e++) {
                        int ownDelta = e * deltas / inner;
                        int group = e * groups / inner;
                        for (int n = 0; n < state; n++) {
                            // one decay for each head, or for each channel and column
                            int ownA = aLog.length == inner * state ? e * state + n : e * aLog.length / inner;
                            double left = Math.exp(-Math.exp(aLog[ownA]) * sum[ownDelta]) * h0[e * state + n];
                            expectedY[(b * tokens + t) * inner + e] +=
                                    (float) (C[((b * tokens + t) * groups + group) * state + n] * left);
                            if (t == tokens - 1) {
                                expectedEnd[(b * inner + e) * state + n] = (float) left;
                            }
                        }
                    }
                }
            }
            NDArray y = adapted.sites.get(Site.Y).sub(plain.sites.get(Site.Y));
            assertClose("y", base.scope().create(expectedY, y.getShape()), y, Tolerances.SITES);
            NDArray end = adapted.end.sub(plain.end);
            assertClose("end", base.scope().create(expectedEnd, end.getShape()), end, Tolerances.STATES);
        }
    }

    /** What layer 0 does. */
    private record Seen(Map<Site, NDArray> sites, NDArray end) {
        static Seen of(LanguageModel model, NDArray ids) {
            Map<Site, NDArray> sites = new EnumMap<>(Site.class);
            Output output = model.forward(TokenBatch.of(ids), null, (layer, site, value) -> {
                if (layer == 0) {
                    NDArray copy = value.duplicate();
                    copy.attach(ids.getManager());
                    sites.put(site, copy);
                }
            });
            return new Seen(sites, output.state().layers().get(0).state());
        }

        float[] values(Site site) {
            return sites.get(site).toFloatArray();
        }
    }

    /** The first pass is shorter than the convolution, so that the learned window is still in it. */
    @ParameterizedTest
    @MethodSource("cases")
    void aShortFirstPassAndStepsEqualTheWholeSequence(KernelCase c) {
        for (long first : new long[] {1, 2}) {
            try (ModelCase base = c.open();
                    InitialState adapter = filled(base, Form.STATE_AND_WINDOW, "all")) {
                LanguageModel model = base.model().with(adapter);
                NDArray ids = base.array("input_ids");
                NDArray whole = model.forward(ids).hidden();
                Output output = model.forward(ids.get(new NDIndex(":, :{}", first)));
                for (long t = first; t < 8; t++) {
                    NDArray token = ids.get(new NDIndex(":, {}:{}", t, t + 1));
                    output = model.forward(TokenBatch.of(token), output.state(), null);
                    NDArray expected = whole.get(new NDIndex(":, {}:{}", t, t + 1));
                    assertClose("position " + t + " after " + first, expected, output.hidden(), Tolerances.SITES);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aCarriedStateDoesNotStartAgain(KernelCase c) {
        try (ModelCase base = c.open();
                InitialState adapter = filled(base, Form.STATE_AND_WINDOW, "all")) {
            NDArray ids = base.array("input_ids");
            LanguageModel model = base.model().with(adapter);
            ModelState carried = model.forward(ids.get(":, :9")).state();
            TokenBatch rest = TokenBatch.of(ids.get(":, 9:20"));
            assertArrayEquals(
                    base.model().forward(rest, carried, null).hidden().toFloatArray(),
                    model.forward(rest, carried, null).hidden().toFloatArray());
        }
    }

    @Test
    void layersThatAreNotNamedStartEmptyAlsoAfterAReload() {
        for (String name : Stream.of("mamba1-tiny", "mamba2-tiny-g1").toList()) {
            try (ModelCase base = ModelCase.open(name);
                    InitialState adapter = filled(base, Form.STATE_AND_WINDOW, "1")) {
                AdapterFiles.save(adapter, name, folder.resolve(name));
                assertEquals(List.of(1), adapter.layers());
                try (TunableAdapter loaded = AdapterFiles.load(folder.resolve(name), base.model())) {
                    assertEquals(adapter.config(), loaded.config());
                    assertNull(loaded.start(0, base.scope()));
                    NDArray ids = base.array("input_ids");
                    assertArrayEquals(
                            base.model().with(adapter).forward(ids).hidden().toFloatArray(),
                            base.model().with(loaded).forward(ids).hidden().toFloatArray());
                }
            }
        }
    }

    @Test
    void aLayerThatIsNotThereIsRefused() {
        try (ModelCase base = ModelCase.open("mamba2-tiny-g1")) {
            InitialStateConfig config = new InitialStateConfig(Form.STATE, new LayerRange("0-9"));
            String message = assertThrows(InputException.class, () -> InitialState.create(base.model(), config))
                    .getMessage();
            assertTrue(message.contains("names layer 9"), message);
        }
    }
}
