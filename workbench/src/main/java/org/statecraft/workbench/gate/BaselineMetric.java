package org.statecraft.workbench.gate;

/**
 * A score that a run is held against.
 *
 * @param stderr null where the metric has none
 * @param n documents
 * @param margin by how much the score may be worse, in its own unit
 * @param chance the score of guessing; null if it is not known
 * @param taskVersion null if it is not known
 * @param documentsHash which documents were scored; null for a score from elsewhere, which is compared without pairs
 * @param taskHash over documents, prompts and targets; null if it is not known
 * @param answersHash over everything that the model answered; null if it is not known
 * @param samples name of the file beside the baseline with the score of each document; null for none
 * @param documents content of that file; null for none
 */
public record BaselineMetric(
        MetricKey key,
        double value,
        Double stderr,
        long n,
        double margin,
        Double chance,
        String taskVersion,
        String documentsHash,
        String taskHash,
        String answersHash,
        String samples,
        String samplesSha256,
        DocumentScores documents) {}
