package org.statecraft.peft.suffix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.statecraft.model.testing.Close.assertClose;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.Adapter;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LayerShape;
import org.statecraft.model.ModelState;
import org.statecraft.model.Output;
import org.statecraft.model.Site;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.mamba1.Mamba1Shape;
import org.statecraft.model.mamba2.Mamba2Shape;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.TensorSpec;
import org.statecraft.peft.stateoffset.StateOffset;
import org.statecraft.peft.stateoffset.StateOffsetConfig;
import org.statecraft.peft.testing.RandomValues;

/** Iterative suffixes and what they have to do with virtual tokens and with state offsets. */
class SuffixTest {

    /** Every token is followed by one virtual token, which is read out by the C of the token and then forgotten. */
    @ParameterizedTest
    @ValueSource(strings = {"mamba1-tiny", "mamba2-tiny-g1", "mamba2-tiny-g2"})
    void scaleAndOffsetAreTheDecayAndInputOfAVirtualToken(String name) {
        try (ModelCase base = ModelCase.open(name);
                Suffix suffix = Suffix.create(base.model(), new SuffixConfig(0, LayerRange.ALL), 1)) {
            RandomValues.fill(suffix, 3);
            NDArray ids = base.array("input_ids");
            ModelState state = null;
            for (long t = 0; t < 4; t++) {
                TokenBatch token = TokenBatch.of(ids.get(new NDIndex(":, {}:{}", t, t + 1)));
                Map<Site, NDArray> seen = new HashMap<>();
                Output output = base.model().with(suffix).forward(token, state, (layer, site, value) -> {
                    if (layer == 0) {
                        NDArray copy = value.duplicate();
                        copy.attach(base.scope());
                        seen.put(site, copy);
                    }
                });
                state = output.state();
                float[] expected = readOut(base.model(), suffix, seen, state);
                NDArray y = seen.get(Site.Y);
                assertClose("token " + t, base.scope().create(expected, y.getShape()), y, 1e-4);
            }
        }
    }

    /** {@code y[h,p] = Σ_n C[g,n]·(a[h]·state[h,p,n] + b[h,p,n]) + D·x[h,p]}. */
    private static float[] readOut(LanguageModel model, Suffix suffix, Map<Site, NDArray> seen, ModelState state) {
        LayerShape s = model.layers().get(0).shape();
        List<NDArray> tensors = List.copyOf(suffix.parameters().values());
        float[] a = tensors.get(0).toFloatArray();
        float[] b = tensors.get(1).toFloatArray();
        float[] h = state.layers().get(0).state().toFloatArray();
        float[] x = seen.get(Site.X).toFloatArray();
        float[] c = seen.get(Site.C).toFloatArray();
        float[] d = model.layers().get(0).D().base().toFloatArray();
        int inner = (int) s.dInner();
        int n = (int) s.state();
        float[] y = new float[x.length];
        for (int i = 0; i < y.length; i++) {
            int row = i / inner;
            int channel = i % inner;
            int group = (int) (channel * s.groups() / inner);
            float scale = a[channel * a.length / inner];
            y[i] = x[i] * d[channel * d.length / inner];
            for (int k = 0; k < n; k++) {
                float virtual = scale * h[i * n + k] + b[channel * n + k];
                y[i] += c[(int) (row * s.groups() + group) * n + k] * virtual;
            }
        }
        return y;
    }

    @ParameterizedTest
    @ValueSource(strings = {"mamba1-tiny", "mamba2-tiny-g2"})
    void scaleOfOneIsAStateOffset(String name) {
        try (ModelCase base = ModelCase.open(name);
                Suffix suffix = Suffix.create(base.model(), new SuffixConfig(0, LayerRange.ALL), 1);
                StateOffset offset =
                        StateOffset.create(base.model(), StateOffsetConfig.of(StateOffsetConfig.Form.FULL), 1)) {
            List<NDArray> offsets = List.copyOf(offset.parameters().values());
            List<NDArray> tensors = List.copyOf(suffix.parameters().values());
            for (int layer = 0; layer < offsets.size(); layer++) {
                NDArray values =
                        RandomValues.array(base.scope(), offsets.get(layer).getShape(), layer);
                offsets.get(layer).addi(values);
                tensors.get(2 * layer + 1).addi(values);
            }
            NDArray ids = base.array("input_ids");
            assertArrayEquals(
                    base.model().with(offset).forward(ids).hidden().toFloatArray(),
                    base.model().with(suffix).forward(ids).hidden().toFloatArray());
        }
    }

    @Test
    void factorsOfAllRanksAreTheWholeOffset() {
        try (ModelCase base = ModelCase.open("mamba2-tiny-g2");
                NDManager scope = NDManager.newBaseManager()) {
            LayerShape s = base.model().layers().get(0).shape();
            NDArray scale = RandomValues.array(scope, new Shape(s.heads()), 1);
            NDArray offset = RandomValues.array(scope, new Shape(s.heads(), s.headDim(), s.state()), 2);
            SuffixLayer whole = new SuffixLayer(scale, offset, null);
            SuffixLayer factors =
                    new SuffixLayer(scale, offset.reshape(s.dInner(), s.state()), scope.eye((int) s.state()));
            NDArray ids = base.array("input_ids");
            NDArray expected =
                    base.model().with(new OneLayer(whole)).forward(ids).hidden();
            NDArray actual =
                    base.model().with(new OneLayer(factors)).forward(ids).hidden();
            assertClose("hidden", expected, actual, 1e-4);
        }
    }

    /** An operator in every layer. */
    private record OneLayer(ReadOut operator) implements Adapter {
        @Override
        public ReadOut readOut(int layer) {
            return operator;
        }
    }

    @Test
    void sizesFollowTheFormulas() {
        assertEquals(24 * (1536 * 128 + 24), 24 * size(new Mamba2Shape(768, 24, 64, 1, 128, 4), 0));
        assertEquals(24 * (1536 * 16 + 1536), 24 * size(new Mamba1Shape(768, 1536, 16, 48, 4), 0));
        assertEquals(4 * (1536 + 128) + 24, size(new Mamba2Shape(768, 24, 64, 1, 128, 4), 4));
    }

    private static long size(LayerShape shape, int rank) {
        return SuffixLayer.specs(new SuffixConfig(rank, LayerRange.ALL), shape, 0).stream()
                .map(TensorSpec::shape)
                .mapToLong(Shape::size)
                .sum();
    }
}
