package org.statecraft.eval.scoring;

/**
 * Answer to a question for a label.
 *
 * @param label place of the likeliest token among the labels; {@link #OUTSIDE} if it is none of them
 * @param text of the likeliest token
 * @param sum its log-probability
 * @param labels log-probability of each label
 */
public record LabelAnswer(int label, String text, double sum, double[] labels) implements Response {
    public static final int OUTSIDE = -1;
}
