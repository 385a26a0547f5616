package org.statecraft.eval.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.statecraft.eval.MetricValue;

/** What result files say of one task. */
public interface ScoredTask {
    String name();

    /** Its definition. */
    ObjectNode config();

    /** Scores of different versions must not be compared. */
    JsonNode version();

    /** Examples before each question. */
    int fewShot();

    /** How many documents there are, also those that were not evaluated. */
    int documents();

    /** The scores by the keys of their metrics, in order. */
    Map<String, MetricValue> metrics();

    /** Changes with any character of any evaluated document, prompt or target. */
    String hash();

    /** How many documents were evaluated. */
    int samples();

    /** The line of the samples file for an evaluated document. */
    ObjectNode sample(int place);
}
