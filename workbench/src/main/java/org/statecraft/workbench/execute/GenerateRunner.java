package org.statecraft.workbench.execute;

import java.util.List;
import org.statecraft.model.generate.BeamOptions;
import org.statecraft.model.generate.BeamSearch;
import org.statecraft.model.generate.Generation;
import org.statecraft.model.generate.Generator;
import org.statecraft.model.generate.SamplingOptions;
import org.statecraft.workbench.recipe.GenerateStep;
import org.statecraft.workbench.run.Event;

/** Lets the current model continue a prompt; a stop request ends it between two tokens. */
record GenerateRunner(GenerateStep step) implements StepRunner {

    @Override
    public String label(Workspace workspace) {
        return step.label() == null ? workspace.condition() : step.label();
    }

    @Override
    public Cost run(int index, Workspace workspace) {
        Generation generation = step.beams() > 1 ? searched(workspace) : sampled(workspace);
        workspace
                .events()
                .append(new Event.Generated(
                        workspace.events().now(), label(workspace), step.prompt(), generation.text()));
        return Cost.NONE;
    }

    private Generation searched(Workspace workspace) {
        BeamOptions options = new BeamOptions(step.beams(), step.lengthPenalty(), step.maxTokens(), step.stop());
        return new BeamSearch(workspace.model(), workspace.tokenizer())
                .search(step.prompt(), options, workspace::checkStop)
                .get(0)
                .generation();
    }

    private Generation sampled(Workspace workspace) {
        SamplingOptions options = new SamplingOptions(
                step.maxTokens(),
                step.temperature(),
                step.topK() == null ? 0 : step.topK(),
                step.topP() == null ? 1 : step.topP(),
                step.stop(),
                workspace.resolved().recipe().seed());
        return new Generator(workspace.model(), workspace.tokenizer())
                .generate(List.of(step.prompt()), options, (row, piece) -> workspace.checkStop())
                .get(0);
    }

    @Override
    public void restore(int index, Workspace workspace) {
        // a text changes nothing
    }
}
