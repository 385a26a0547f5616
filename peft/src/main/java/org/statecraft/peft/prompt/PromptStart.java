package org.statecraft.peft.prompt;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.peft.Initial;

/** What an untrained prompt consists of: the three ways of Hugging Face peft. */
public sealed interface PromptStart {

    /** {@code prompt_tuning_init} in {@code adapter_config.json}. */
    String spelling();

    /** The values, for a model. */
    Initial initial(LanguageModel model);

    /** Normal values of deviation 1, which is how PyTorch begins an embedding. */
    record Random() implements PromptStart {
        @Override
        public String spelling() {
            return "RANDOM";
        }

        @Override
        public Initial initial(LanguageModel model) {
            return Initial.normal(1);
        }
    }

    /** Embeddings of tokens drawn from the vocabulary, its padding left out. */
    record Vocabulary() implements PromptStart {
        @Override
        public String spelling() {
            return "SAMPLE_VOCAB";
        }

        @Override
        public Initial initial(LanguageModel model) {
            int size = model.config().vocabSize();
            return (owner, shape, random) -> embedded(model, owner, draw(random, shape.get(0), size));
        }

        private static long[] draw(SplittableRandom random, long count, int size) {
            return LongStream.range(0, count).map(i -> random.nextInt(size)).toArray();
        }
    }

    /**
     * Embeddings of the tokens of a text: repeated until there are enough, then cut off.
     *
     * @param text as given
     * @param ids its tokens, at least one
     */
    record Text(String text, List<Integer> ids) implements PromptStart {
        public Text {
            ids = List.copyOf(ids);
            if (ids.isEmpty()) {
                throw new InputException("the text of the prompt, '" + text + "', has no token; give a longer one");
            }
        }

        @Override
        public String spelling() {
            return "TEXT";
        }

        @Override
        public Initial initial(LanguageModel model) {
            return (owner, shape, random) -> embedded(
                    model,
                    owner,
                    LongStream.range(0, shape.get(0))
                            .map(i -> ids.get((int) (i % ids.size())))
                            .toArray());
        }
    }

    private static NDArray embedded(LanguageModel model, NDManager owner, long[] ids) {
        try (NDManager scope = owner.newSubManager()) {
            NDArray rows = model.embedding().rows(scope.create(ids, new Shape(ids.length)));
            NDArray copy = rows.stopGradient().duplicate();
            copy.attach(owner);
            return copy;
        }
    }
}
