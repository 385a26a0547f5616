package org.statecraft.eval.text;

/**
 * What has to be said for a BLEU score to be a number that others can compare theirs with.
 *
 * @param tokenizer how lines become tokens
 * @param lowercase whether case is ignored
 * @param smoothing what stands in for the precision of an order without a match
 * @param effectiveOrder whether orders that the prediction is too short for are left out, as is usual for single sentences
 * @param referenceLength which reference's length the brevity penalty compares with
 * @param scale the score of a perfect prediction, 100 or 1
 */
public record BleuOptions(
        Tokenizer tokenizer,
        boolean lowercase,
        Smoothing smoothing,
        boolean effectiveOrder,
        ReferenceLength referenceLength,
        double scale) {

    /** {@code sacrebleu.corpus_bleu}: what a paper means by BLEU, from 0 to 100. */
    public static final BleuOptions SACREBLEU =
            new BleuOptions(Tokenizer.T13A, false, Smoothing.EXP, false, ReferenceLength.CLOSEST, 100);

    /** {@code sacrebleu.sentence_bleu}: the same with effective order. */
    public static final BleuOptions SACREBLEU_SENTENCE = SACREBLEU.withEffectiveOrder(true);

    /** The metric {@code bleu} of huggingface/evaluate, from 0 to 1: the shortest reference counts, and an order without a match makes it 0. */
    public static final BleuOptions HUGGING_FACE =
            new BleuOptions(Tokenizer.T13A, false, Smoothing.NONE, false, ReferenceLength.SHORTEST, 1);

    /** The script {@code multi-bleu.perl} of Moses: texts count as tokenized already. */
    public static final BleuOptions MULTI_BLEU =
            new BleuOptions(Tokenizer.NONE, false, Smoothing.NONE, false, ReferenceLength.CLOSEST, 100);

    /** How a line becomes tokens. */
    public enum Tokenizer {
        /** As {@code mteval-v13a} does: symbols and punctuation stand alone. */
        T13A("13a"),
        /** At whitespace. */
        NONE("none");

        private final String signature;

        Tokenizer(String signature) {
            this.signature = signature;
        }

        String signature() {
            return signature;
        }
    }

    /** What stands in for the precision of an order without a match; Chen and Cherry (2014) compare them. */
    public enum Smoothing {
        /** 1/2 match for the first such order, 1/4 for the second, and so on. */
        EXP("exp"),
        /** 0.1 matches. */
        FLOOR("floor[0.10]"),
        /** One match and one n-gram more in every order but the first, whether it has matches or not. */
        ADD_K("add-k[1.00]"),
        /** Nothing: the score is 0. */
        NONE("none");

        private final String signature;

        Smoothing(String signature) {
            this.signature = signature;
        }

        String signature() {
            return signature;
        }
    }

    /** Which reference's length counts where there are several. */
    public enum ReferenceLength {
        /** The one that differs least from the prediction's; of two, the shorter. */
        CLOSEST,
        /** The least. */
        SHORTEST
    }

    public BleuOptions withTokenizer(Tokenizer other) {
        return new BleuOptions(other, lowercase, smoothing, effectiveOrder, referenceLength, scale);
    }

    public BleuOptions withLowercase(boolean other) {
        return new BleuOptions(tokenizer, other, smoothing, effectiveOrder, referenceLength, scale);
    }

    public BleuOptions withSmoothing(Smoothing other) {
        return new BleuOptions(tokenizer, lowercase, other, effectiveOrder, referenceLength, scale);
    }

    public BleuOptions withEffectiveOrder(boolean other) {
        return new BleuOptions(tokenizer, lowercase, smoothing, other, referenceLength, scale);
    }
}
