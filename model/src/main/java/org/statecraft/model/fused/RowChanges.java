package org.statecraft.model.fused;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.statecraft.model.Adapter;
import org.statecraft.model.AffineReadOut;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Layer;
import org.statecraft.model.Weight;
import org.statecraft.model.WeightChange;
import org.statecraft.model.mamba1.Mamba1Layer;
import org.statecraft.model.mamba2.Mamba2Layer;

/**
 * What adapters change between the operations of {@code decode}, where it cannot be folded into the weights: affine read-outs,
 * and low-rank factors that differ between the rows of the batch.
 */
final class RowChanges {
    /** For each layer, in the order that {@code common.py} describes; empty where no layer has any. */
    private final List<NDArray> tensors = new ArrayList<>();

    private RowChanges() {}

    /**
     * The changes of a model.
     *
     * @param batch rows that will be decoded
     * @param owner manager of the tensors
     * @return null where a script cannot do what an adapter does
     */
    static RowChanges of(LanguageModel model, long batch, NDManager owner) {
        RowChanges changes = new RowChanges();
        boolean any = false;
        NDArray none = owner.zeros(new Shape(0));
        for (int i = 0; i < model.layers().size(); i++) {
            Layer layer = model.layers().get(i);
            for (Weight map : linearMaps(layer)) {
                WeightChange.LowRank low = map.rowFactors();
                if (low != null && !isWhole(low, map, batch)) {
                    return null;
                }
                any |= low != null;
                changes.add(owner, none, low == null ? null : low.A(), low == null ? null : low.B());
            }
            List<Adapter.ReadOut> readOuts = readOuts(model, i);
            AffineReadOut affine = readOuts.isEmpty() ? null : readOuts.get(0).affine(layer.shape(), owner);
            boolean expressible = readOuts.isEmpty() || (readOuts.size() == 1 && fits(affine, batch));
            if (!expressible || changesScanInput(model, i)) {
                return null;
            }
            any |= affine != null;
            changes.add(
                    owner,
                    none,
                    affine == null ? null : affine.scale(),
                    affine == null ? null : affine.w(),
                    affine == null ? null : affine.u(),
                    affine == null ? null : affine.constant());
        }
        if (!any) {
            changes.tensors.clear();
        }
        return changes;
    }

    /** The linear maps of a layer, in the order of the script. */
    static List<Weight> linearMaps(Layer layer) {
        if (layer instanceof Mamba1Layer mamba1) {
            return List.of(mamba1.inProj(), mamba1.outProj(), mamba1.xProj(), mamba1.dtProj());
        }
        Mamba2Layer mamba2 = (Mamba2Layer) layer;
        return List.of(mamba2.inProj(), mamba2.outProj());
    }

    private static boolean isWhole(WeightChange.LowRank low, Weight map, long batch) {
        Shape B = low.B().getShape();
        return low.scale() == 1
                && !low.transposed()
                && B.get(0) == batch
                && B.get(1) == map.shape().get(0);
    }

    private static List<Adapter.ReadOut> readOuts(LanguageModel model, int layer) {
        return model.adapters().stream()
                .map(adapter -> adapter.readOut(layer))
                .filter(Objects::nonNull)
                .toList();
    }

    private static boolean changesScanInput(LanguageModel model, int layer) {
        return model.adapters().stream().anyMatch(adapter -> adapter.beforeScan(layer) != null);
    }

    private static boolean fits(AffineReadOut affine, long batch) {
        if (affine == null) {
            return false;
        }
        for (NDArray part : new NDArray[] {affine.scale(), affine.w(), affine.u(), affine.constant()}) {
            if (part != null && part.getShape().get(0) != 1 && part.getShape().get(0) != batch) {
                return false;
            }
        }
        return true;
    }

    private void add(NDManager owner, NDArray none, NDArray... parts) {
        for (NDArray part : parts) {
            if (part == null) {
                tensors.add(none);
            } else {
                NDArray constant = part.stopGradient();
                constant.attach(owner);
                tensors.add(constant);
            }
        }
    }

    List<NDArray> tensors() {
        return tensors;
    }

    /** Goes on with some of the rows only. */
    void keep(NDArray rows) {
        tensors.replaceAll(tensor -> {
            boolean sameForAll = tensor.getShape().get(0) <= 1;
            if (sameForAll) {
                return tensor;
            }
            try (tensor) {
                return tensor.get(rows);
            }
        });
    }
}
