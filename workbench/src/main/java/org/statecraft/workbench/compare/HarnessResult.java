package org.statecraft.workbench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.statecraft.model.files.JsonFiles;
import org.statecraft.workbench.run.Summary;

/**
 * One result file of lm-evaluation-harness and the samples beside it ({@code methods/evaluation.md}, section 7).
 *
 * @param older result files in the same folder, which are not looked at
 * @param evaluation all scores, under the name of the model
 */
record HarnessResult(Path file, List<Path> older, EvaluationFile content, Summary.Evaluation evaluation)
        implements Compared {
    private static final Pattern TIME = Pattern.compile(".*_(\\d{4}-\\d\\d-\\d\\dT.*)\\.json");

    /** @throws org.statecraft.model.InputException with the place if it is no result file */
    static HarnessResult read(Path file, List<Path> older) {
        JsonNode root = JsonFiles.read(file);
        Summary.Evaluation evaluation = new Summary.Evaluation(0, model(root), HarnessScores.of(file, root));
        return new HarnessResult(file, older, new EvaluationFile(root), evaluation);
    }

    private static String model(JsonNode root) {
        String name = root.path("model_name").asText();
        return name.isEmpty() ? root.path("config").path("model").asText("unnamed model") : name;
    }

    @Override
    public String id() {
        return file.normalize().toString();
    }

    @Override
    public String heading() {
        return file.normalize() + "  lm-evaluation-harness " + text("lm_eval_version");
    }

    @Override
    public boolean followsRecipe() {
        return false;
    }

    @Override
    public boolean completed() {
        return true;
    }

    @Override
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("model", evaluation.label());
        String type = content.tree().path("config").path("model_dtype").asText();
        facts.put("weights", type.isEmpty() ? null : type.replaceFirst("^torch\\.", ""));
        return facts;
    }

    private String text(String key) {
        return content.tree().path(key).asText();
    }

    @Override
    public List<String> remarks(String letter) {
        if (older.isEmpty()) {
            return List.of();
        }
        return List.of(letter + " is the newest result file of its folder; " + older.size() + " older "
                + (older.size() == 1 ? "one is" : "ones are") + " passed over: "
                + String.join(
                        ", ",
                        older.stream()
                                .map(path -> path.getFileName().toString())
                                .toList())
                + "; name a file to compare it");
    }

    @Override
    public Map<String, String> recipe() {
        return null;
    }

    @Override
    public Map<String, String> inputs() {
        return Map.of();
    }

    @Override
    public List<Summary.Step> steps() {
        JsonNode parameters = content.tree().path("config").path("model_num_parameters");
        String seconds = text("total_evaluation_time_seconds");
        Long total = parameters.canConvertToLong() && parameters.longValue() > 0 ? parameters.longValue() : null;
        return seconds.matches("\\d+(\\.\\d+)?")
                ? List.of(new Summary.Step(0, "evaluate", Double.parseDouble(seconds), null, null, total, null))
                : Collections.emptyList();
    }

    @Override
    public List<Summary.Evaluation> evaluations() {
        return List.of(evaluation);
    }

    @Override
    public Documents documents(Summary.Evaluation of, String task) {
        Path folder = file.toAbsolutePath().getParent();
        Matcher time = TIME.matcher(file.getFileName().toString());
        Path samples =
                time.matches() ? Documents.fileOfTime(folder, task, time.group(1)) : Documents.file(folder, task);
        return samples == null ? null : Documents.read(samples);
    }

    @Override
    public EvaluationFile file(Summary.Evaluation of) {
        return content;
    }
}
