package org.statecraft.model.zoo;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslatorContext;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.generate.Generation;
import org.statecraft.model.generate.Generator;
import org.statecraft.model.generate.SamplingOptions;

/**
 * A model folder behind DJL's {@code ZooModel} and {@code Predictor}. Its block maps ids {@code [batch, length]} to logits.
 *
 * <p>A predictor may be used by one thread at a time; several predictors of one model share its weights. Closing the model
 * releases weights and tokenizer.
 *
 * @param <O> what a text is mapped to
 */
public final class StatecraftModel<O> extends ZooModel<String, O> {
    private final LanguageModel model;
    private final Tokenizer tokenizer;

    private StatecraftModel(
            Model wrapped, LanguageModel model, Tokenizer tokenizer, Function<List<String>, List<O>> function) {
        super(wrapped, new TextTranslator<>(function));
        this.model = model;
        this.tokenizer = tokenizer;
    }

    /**
     * Text in, its continuation out.
     *
     * @param folder with configuration, weights and {@code tokenizer.json}
     */
    public static StatecraftModel<String> generating(Path folder, Device device, SamplingOptions options) {
        return load(folder, device, (model, tokenizer) -> {
            Generator generator = new Generator(model, tokenizer);
            return texts -> generator.generate(texts, options).stream()
                    .map(Generation::text)
                    .toList();
        });
    }

    /**
     * Text in, the likelihood of each of its tokens out.
     *
     * @param folder with configuration, weights and {@code tokenizer.json}
     */
    public static StatecraftModel<TokenLikelihoods> scoring(Path folder, Device device) {
        return load(folder, device, (model, tokenizer) -> {
            LikelihoodScorer scorer = new LikelihoodScorer(model, tokenizer);
            return texts -> texts.stream().map(scorer::score).toList();
        });
    }

    private interface Task<O> {
        Function<List<String>, List<O>> on(LanguageModel model, Tokenizer tokenizer);
    }

    private static <O> StatecraftModel<O> load(Path folder, Device device, Task<O> task) {
        Tokenizer tokenizer = Tokenizer.load(folder);
        try {
            LanguageModel model = LanguageModel.load(folder, device);
            try {
                tokenizer.requireFits(model.config().vocabSize());
                Model wrapped = Model.newInstance(folder.getFileName().toString(), device, "PyTorch");
                wrapped.setBlock(new LanguageModelBlock(model));
                return new StatecraftModel<>(wrapped, model, tokenizer, task.on(model, tokenizer));
            } catch (RuntimeException e) {
                model.close();
                throw e;
            }
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    @Override
    public void close() {
        super.close();
        model.close();
        tokenizer.close();
    }

    /** Hands texts past the block, all of a batch together, so that they share their passes through the model. */
    private record TextTranslator<O>(Function<List<String>, List<O>> function)
            implements NoBatchifyTranslator<String, O> {
        private static final String TEXTS = "texts";

        @Override
        public NDList processInput(TranslatorContext context, String text) {
            return batchProcessInput(context, List.of(text));
        }

        @Override
        public NDList batchProcessInput(TranslatorContext context, List<String> texts) {
            context.setAttachment(TEXTS, texts);
            return new NDList();
        }

        @Override
        public O processOutput(TranslatorContext context, NDList nothing) {
            return batchProcessOutput(context, nothing).get(0);
        }

        @Override
        @SuppressWarnings("unchecked") // batchProcessInput put it there
        public List<O> batchProcessOutput(TranslatorContext context, NDList nothing) {
            return function.apply((List<String>) context.getAttachment(TEXTS));
        }
    }
}
