package org.statecraft.workbench.compare;

import java.util.List;
import java.util.Map;
import org.statecraft.workbench.run.Summary;

/** What can stand in a column of a comparison: a run, or results of lm-evaluation-harness. */
sealed interface Compared permits RunData, HarnessResult {
    /** What programs call it; no two have the same. */
    String id();

    /** What people read behind its letter. */
    String heading();

    /** Whether its evaluations are stages of a recipe, named by their labels; otherwise they are of one model as it is. */
    boolean followsRecipe();

    /** Whether its last scores are what it came to. */
    boolean completed();

    /** What it is, item to text; no text where there is none. */
    Map<String, String> facts();

    /** What a reader must know about it, by the letter of its column. */
    List<String> remarks(String letter);

    /** Values of the recipe by path; null if there is none. */
    Map<String, String> recipe();

    /** Hashes of model and data files by name. */
    Map<String, String> inputs();

    /** What the steps cost. */
    List<Summary.Step> steps();

    List<Summary.Evaluation> evaluations();

    /** The documents of a task; null if they were not kept. */
    Documents documents(Summary.Evaluation evaluation, String task);

    /** What is known of the tasks of an evaluation. */
    EvaluationFile file(Summary.Evaluation evaluation);
}
