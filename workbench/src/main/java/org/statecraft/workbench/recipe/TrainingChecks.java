package org.statecraft.workbench.recipe;

import java.util.ArrayList;
import java.util.List;
import org.statecraft.peft.train.TrainingConfig.Keep;
import org.statecraft.workbench.recipe.RecipeChecks.Scope;

/** What contradicts itself between the keys of a training, and which model a recipe starts from. */
final class TrainingChecks {
    private TrainingChecks() {}

    /** One missing validation text is one mistake, however many options ask for it. */
    static void validation(TrainingStep step, Scope scope) {
        List<String> asking = new ArrayList<>();
        if (scope.sound("keep") && step.keep() == Keep.BEST) {
            asking.add("keep");
        }
        if (step.earlyStopping() != null && scope.sound("early-stopping")) {
            asking.add("early-stopping");
        }
        String every = "evaluate-every";
        if (step.data() != null
                && scope.sound("data.validation", "data.examples.split", "data.probe.validation")
                && !step.data().hasValidation()) {
            if (step.evaluateEvery() != null && scope.sound(every)) {
                asking.add(every);
            }
            if (!asking.isEmpty()) {
                report(asking.get(0), " without validation data", held(step.data()), scope);
            }
        } else if (step.evaluateEvery() == null && scope.sound(every) && !asking.isEmpty()) {
            report(asking.get(0), " without evaluations during training", "the key evaluate-every", scope);
        }
        if (step.evaluateEvery() != null && scope.sound(every, "optimizer.steps")) {
            int steps = step.optimizer().steps();
            if (step.evaluateEvery() > steps) {
                String found = "an evaluation every " + step.evaluateEvery() + " of " + steps + " steps";
                scope.report(every, found, "at most the number of steps", null);
            }
        }
    }

    private static void report(String key, String lacking, String expected, Scope scope) {
        scope.report(key, (key.equals("keep") ? "keep: best" : key) + lacking, expected, null);
    }

    private static String held(DataSpec data) {
        if (data.probe() != null) {
            return "the key data.probe.validation, a number of sequences";
        }
        return data.examples() == null
                ? "the key data.validation, a held-out text"
                : "the key data.validation or data.examples.split";
    }

    /**
     * A recipe names a model, or trains one in its first step.
     *
     * @return whether the named model is to be looked up
     */
    static boolean model(Recipe recipe, Scope scope) {
        boolean trains = recipe.trainsItsModel();
        for (int i = 0; i < recipe.steps().size() && scope.sound("steps[" + i + "]"); i++) {
            if (i > 0 && recipe.steps().get(i) instanceof TrainStep) {
                scope.report("steps[" + i + "].train", "a train step behind others", "it as the first step", null);
            }
        }
        if (!scope.sound("model")) {
            return false;
        }
        if (recipe.model() == null && !trains) {
            String expected = "a model folder, or a first step that trains a model";
            scope.report("model", "missing key", expected, null);
        } else if (recipe.model() != null && trains) {
            scope.report("model", "a model beside steps[0].train, which makes one", "no model", null);
        }
        return recipe.model() != null && !trains;
    }

    /** The tokens of a new model come from a tokenizer or from the probe. */
    static void tokenizer(TrainStep step, Scope scope) {
        if (step.data() == null || !scope.sound("tokenizer", "data", "data.probe")) {
            return;
        }
        boolean probe = step.data().probe() != null;
        if (probe && step.tokenizer() != null) {
            scope.report("tokenizer", "a tokenizer beside a probe, whose symbols are the tokens", "no tokenizer", null);
        } else if (!probe && step.tokenizer() == null) {
            scope.report("tokenizer", "missing key", "a model folder whose tokenizer it takes over", null);
        }
    }

    static void model(ModelSpec model, Scope scope) {
        bounds("time-step", model.timeStepMin(), model.timeStepMax(), scope);
        if (model instanceof ModelSpec.Mamba2 mamba2) {
            bounds("decay", mamba2.decayMin(), mamba2.decayMax(), scope);
            heads(mamba2, scope);
        }
    }

    private static void bounds(String key, double low, double high, Scope scope) {
        if (scope.sound(key + "-min", key + "-max") && low > high) {
            String found = key + "-min " + low + " above " + key + "-max " + high;
            scope.report(key + "-max", found, "at least " + low, null);
        }
    }

    private static void heads(ModelSpec.Mamba2 model, Scope scope) {
        if (!scope.sound("hidden-size", "expand", "head-dim")) {
            return;
        }
        long inner = (long) model.expand() * model.hiddenSize();
        if (model.headDim() > 0 && inner % model.headDim() != 0) {
            String found = "heads of " + model.headDim() + " in expand·hidden-size = " + inner + " channels";
            scope.report("head-dim", found, "a divisor of " + inner, null);
        } else if (scope.sound("groups") && inner / model.headDim() % model.groups() != 0) {
            String found = model.groups() + " groups of " + inner / model.headDim() + " heads";
            scope.report("groups", found, "a divisor of the number of heads", null);
        }
    }
}
