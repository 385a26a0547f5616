package org.statecraft.eval.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.statecraft.eval.metrics.Aggregation.OfLabels;
import org.statecraft.eval.metrics.Aggregation.OfMean;

class ConfusionTest {
    private static final int DOCUMENTS = 200;

    /** Answers that are right half of the time, otherwise any label or, where {@code outside}, none. */
    private static List<Observation> answers(int labels, int outside, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return IntStream.range(0, DOCUMENTS)
                .mapToObj(i -> {
                    int right = random.nextInt(labels);
                    int any = random.nextInt(labels + outside);
                    return Observation.ofLabel(random.nextBoolean() ? right : any == labels ? -1 : any, right);
                })
                .toList();
    }

    private static double matthews(List<Observation> documents) {
        return Confusion.of(documents).matthews();
    }

    /** Gorodkin's definition: the covariance of the indicators of right and given labels over that of each with itself. */
    @Test
    void matthewsIsTheCorrelationOfTheIndicators() {
        for (int labels = 2; labels < 5; labels++) {
            for (int outside = 0; outside < 2; outside++) {
                List<Observation> documents = answers(labels, outside, 10 * labels + outside);
                double expected = covariance(documents, labels, true, false)
                        / Math.sqrt(covariance(documents, labels, true, true)
                                * covariance(documents, labels, false, false));

                assertEquals(expected, matthews(documents), 1e-12, labels + " labels, outside " + outside);
                assertTrue(expected > 0.2 && expected < 0.9, "a case that says something: " + expected);
            }
        }
    }

    private static double covariance(List<Observation> documents, int labels, boolean right, boolean alsoRight) {
        double sum = 0;
        for (int label = -1; label < labels; label++) {
            double product = 0;
            double one = 0;
            double other = 0;
            for (Observation document : documents) {
                int a = (right ? document.right() : document.predicted()) == label ? 1 : 0;
                int b = (alsoRight ? document.right() : document.predicted()) == label ? 1 : 0;
                product += a * b;
                one += a;
                other += b;
            }
            sum += product - one * other / documents.size();
        }
        return sum;
    }

    @Test
    void matthewsOfTwoLabelsIsTheTextbookFormula() {
        List<Observation> documents = answers(2, 0, 3);
        double tp = count(documents, 1, 1);
        double tn = count(documents, 0, 0);
        double fp = count(documents, 1, 0);
        double fn = count(documents, 0, 1);

        assertEquals(
                (tp * tn - fp * fn) / Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)),
                matthews(documents),
                1e-12);
        assertEquals(2 * tp / (2 * tp + fp + fn), Confusion.of(documents).f1(), 1e-12);
    }

    private static double count(List<Observation> documents, int predicted, int right) {
        return documents.stream()
                .filter(document -> document.predicted() == predicted && document.right() == right)
                .count();
    }

    @Test
    void oneAnswerForEverythingCorrelatesWithNothing() {
        List<Observation> always = IntStream.range(0, 10)
                .mapToObj(i -> Observation.ofLabel(1, i % 2))
                .toList();
        assertEquals(0, matthews(always));
        assertEquals(1, matthews(List.of(Observation.ofLabel(0, 0), Observation.ofLabel(1, 1))));
        assertEquals(-1, matthews(List.of(Observation.ofLabel(1, 0), Observation.ofLabel(0, 1))));
        assertEquals(0, matthews(List.of(Observation.ofLabel(-1, 0), Observation.ofLabel(-1, 1))));
    }

    /** An answer outside the labels is a miss where the second label is right, and nothing where it is not. */
    @Test
    void anAnswerOutsideIsAMissForF1() {
        Observation hit = Observation.ofLabel(1, 1);
        Observation outside = Observation.ofLabel(-1, 1);
        Observation unrelated = Observation.ofLabel(-1, 0);

        assertEquals(1, Confusion.of(List.of(hit, unrelated)).f1());
        assertEquals(2.0 / 3, Confusion.of(List.of(hit, outside)).f1(), 1e-15);
        assertEquals(
                0, Confusion.of(List.of(Observation.ofLabel(0, 0), unrelated)).f1());
    }

    @Test
    void errorsComeFromTheBootstrap() {
        List<Observation> documents = answers(2, 1, 9);
        for (OfLabels aggregation : OfLabels.values()) {
            Double error = aggregation.standardError(documents, 1000);
            assertNotNull(error);
            assertTrue(error > 0.02 && error < 0.1, aggregation + ": " + error);
            assertNull(aggregation.standardError(documents, 0));
        }
        assertNull(OfMean.SUM.standardError(documents, 1000));
    }
}
