package org.statecraft.model.fused;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Layer;
import org.statecraft.model.ModelState;
import org.statecraft.model.mamba2.Mamba2Layer;

/** Decodes a Mamba-2 model. */
final class Mamba2Decoder extends FusedDecoder {
    private final List<NDArray> inProj = new ArrayList<>();
    private final List<NDArray> outProj = new ArrayList<>();
    private final Mamba2Layer first;

    Mamba2Decoder(LanguageModel model, NDManager owner, RowChanges changes, ModelState start) {
        super(FusedMamba2.SCRIPT, model, owner, changes, start);
        this.first = (Mamba2Layer) model.layers().get(0);
        for (Layer any : model.layers()) {
            Mamba2Layer layer = (Mamba2Layer) any;
            inProj.addAll(matrix(layer.inProj()));
            outProj.addAll(matrix(layer.outProj()));
            List<NDArray> fold = call(
                    "fold",
                    layer.conv().tensor(manager),
                    Scripts.tensor(layer.convBias(), manager),
                    layer.ALog().tensor(manager),
                    layer.D().tensor(manager));
            vectors.add(folded(layer.norm()));
            vectors.addAll(fold);
            vectors.add(folded(layer.dtBias()));
            vectors.add(folded(layer.gatedNorm()));
            vectors.add(foldedOrEmpty(layer.inProjBias()));
            vectors.add(foldedOrEmpty(layer.outProjBias()));
        }
    }

    @Override
    NDArray decode(NDArray ids) {
        double[] limits = first.config().timeStepLimit();
        return call(
                        "decode",
                        ids,
                        embedding,
                        inProj,
                        outProj,
                        vectors,
                        changes(),
                        windows,
                        states,
                        finalNorm,
                        head,
                        first.shape().groups(),
                        limits[0],
                        limits[1],
                        first.config().layerNormEpsilon())
                .get(0);
    }
}
