package org.statecraft.peft.train;

/** Examples to train or to validate on, in a fixed order; {@code toString} says in a few words what they are. */
public interface TrainingData {

    /** Number of examples. */
    int size();

    Example example(int index);

    /** In which order a training goes through them. */
    default Order order() {
        return Order.SHUFFLED;
    }

    /** Changes when the examples change, so that a resumed training notices other data. */
    String fingerprint();

    /** An order of examples; each one decides every pass by the seed of the training. */
    enum Order {
        /** At random. */
        SHUFFLED,
        /** At random, with examples of similar length in the same batch. */
        BUCKETED
    }

    /**
     * One row.
     *
     * @param ids tokens
     * @param labels one for each token, not shifted: position t is trained to predict {@code labels[t + 1]};
     *     {@link org.statecraft.model.CrossEntropy#IGNORED} does not count
     */
    record Example(int[] ids, int[] labels) {
        public Example {
            if (ids.length != labels.length || ids.length < 2) {
                throw new IllegalArgumentException(
                        ids.length + " tokens with " + labels.length + " labels; expected equally many, at least 2");
            }
        }

        /** A row in which every token is predicted. */
        public static Example ofText(int[] ids) {
            return new Example(ids, ids);
        }
    }
}
