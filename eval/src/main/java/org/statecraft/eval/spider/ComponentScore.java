package org.statecraft.eval.spider;

/**
 * How one component of a prediction compares with that of the gold query.
 *
 * @param inGold how many elements the gold query has; with none it takes no part in the recall
 * @param inPrediction how many elements the prediction has; with none it takes no part in the accuracy
 * @param matches whether both have the same elements, which they also do when neither has any
 */
public record ComponentScore(int inGold, int inPrediction, boolean matches) {
    static ComponentScore of(int inGold, int inPrediction, int common) {
        return new ComponentScore(inGold, inPrediction, inGold == inPrediction && common == inPrediction);
    }
}
