package org.statecraft.workbench.recipe;

import java.util.List;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Named;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * Scores the model.
 *
 * @param tasks names of task files beside the recipe: {@code tasks/NAME.yaml}
 * @param limit the first so many documents of each task only, or below 1 their share; null for all
 * @param numFewshot examples before each question; null for what each task says
 * @param maxTokens most new tokens of a text, where a task allows more; null for what each task says
 * @param batch requests scored together; changes speed and memory only
 * @param maxLength longest input in tokens; longer contexts lose their beginning
 * @param deltaScale factor of every step size Δ: how the model bears another sampling rate; 1 for the model as it is
 * @param cache whether answers that are known from an earlier evaluation of the same model are taken from there
 * @param label what this evaluation is called in results, or null
 */
@Named("evaluate")
public record EvaluateStep(
        List<String> tasks,
        @OrNull @Range(min = 0, above = true) Double limit,
        @OrNull @Range(min = 0, max = 1000) Integer numFewshot,
        @OrNull @Range(min = 1, max = 65536) Integer maxTokens,
        @Default("8") @Range(min = 1, max = 4096) int batch,
        @Default("2048") @Range(min = 1, max = 1 << 20) int maxLength,
        @Default("1") @Range(min = 0, above = true, max = 100) double deltaScale,
        @Default("true") boolean cache,
        @OrNull String label)
        implements Step {

    public EvaluateStep {
        tasks = List.copyOf(tasks);
    }
}
