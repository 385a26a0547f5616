package org.statecraft.model.fused;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Layer;
import org.statecraft.model.ModelState;
import org.statecraft.model.mamba1.Mamba1Config;
import org.statecraft.model.mamba1.Mamba1Layer;

/** Decodes a Mamba-1 model. */
final class Mamba1Decoder extends FusedDecoder {
    private final List<NDArray> inProj = new ArrayList<>();
    private final List<NDArray> outProj = new ArrayList<>();
    private final List<NDArray> xProj = new ArrayList<>();
    private final List<NDArray> dtProj = new ArrayList<>();
    private final Mamba1Config config;

    Mamba1Decoder(LanguageModel model, NDManager owner, RowChanges changes, ModelState start) {
        super(FusedMamba1.SCRIPT, model, owner, changes, start);
        this.config = (Mamba1Config) model.config();
        for (Layer any : model.layers()) {
            Mamba1Layer layer = (Mamba1Layer) any;
            inProj.addAll(matrix(layer.inProj()));
            outProj.addAll(matrix(layer.outProj()));
            xProj.addAll(matrix(layer.xProj()));
            dtProj.addAll(matrix(layer.dtProj()));
            List<NDArray> fold = call(
                    "fold",
                    layer.conv().tensor(manager),
                    Scripts.tensor(layer.convBias(), manager),
                    layer.ALog().tensor(manager));
            vectors.add(folded(layer.norm()));
            vectors.addAll(fold);
            vectors.add(folded(layer.dtBias()));
            vectors.add(folded(layer.D()));
            vectors.add(foldedOrEmpty(layer.inProjBias()));
            vectors.add(foldedOrEmpty(layer.outProjBias()));
        }
    }

    @Override
    NDArray decode(NDArray ids) {
        return call(
                        "decode",
                        ids,
                        embedding,
                        inProj,
                        outProj,
                        xProj,
                        dtProj,
                        vectors,
                        changes(),
                        windows,
                        states,
                        finalNorm,
                        head,
                        config.mixerRmsEpsilon(),
                        config.layerNormEpsilon())
                .get(0);
    }
}
