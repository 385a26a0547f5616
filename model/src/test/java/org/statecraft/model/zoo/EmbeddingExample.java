package org.statecraft.model.zoo;

import ai.djl.Device;
import ai.djl.inference.Predictor;
import ai.djl.translate.TranslateException;
import java.nio.file.Path;
import org.statecraft.model.generate.SamplingOptions;

/** The example of {@code docs/embedding.md}. */
final class EmbeddingExample {
    private EmbeddingExample() {}

    static String continueAndScore(Path folder, String prompt) throws TranslateException {
        String continuation;
        try (StatecraftModel<String> model =
                        StatecraftModel.generating(folder, Device.cpu(), SamplingOptions.greedy(20));
                Predictor<String, String> predictor = model.newPredictor()) {
            continuation = predictor.predict(prompt);
        }
        try (StatecraftModel<TokenLikelihoods> model = StatecraftModel.scoring(folder, Device.cpu());
                Predictor<String, TokenLikelihoods> predictor = model.newPredictor()) {
            double nats = -predictor.predict(prompt + continuation).sum();
            return "%s (%.1f nats)".formatted(continuation, nats);
        }
    }
}
