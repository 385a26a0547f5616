package org.statecraft.workbench.gate;

/**
 * A score of the run that is judged. What is not known is null.
 *
 * @param n documents
 * @param higherIsBetter as the task says
 * @param answersHash over everything that the model answered
 * @param documents null if the run kept no samples
 */
public record CandidateScore(
        Double value,
        Double stderr,
        long n,
        boolean higherIsBetter,
        String taskVersion,
        String taskHash,
        String answersHash,
        DocumentScores documents) {

    /** The same task with another value and other documents, whose answers are therefore not known. */
    CandidateScore with(double newValue, DocumentScores newDocuments) {
        return new CandidateScore(newValue, stderr, n, higherIsBetter, taskVersion, taskHash, null, newDocuments);
    }
}
