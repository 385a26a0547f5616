package org.statecraft.workbench.recipe;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.model.records.RecordFormat;
import org.statecraft.model.records.RecordSource;
import org.statecraft.model.records.References;
import org.statecraft.peft.train.ExampleFiles.Problems;
import org.statecraft.peft.train.TrainingData.Order;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * Records of a file made into prompts with answers, of which the answers are trained.
 *
 * @param file as given; {@link ResolvedRecipe#dataFile} finds it
 * @param format how records stand in it
 * @param columns names for the columns of a delimited file without a header line
 * @param prefix a fixed text before the prompt, encoded on its own
 * @param prompt a template with the fields of the file
 * @param answer a template for the answer, or for the label where there are {@code answers}
 * @param answers the answer for each label that may occur
 * @param endOfText whether the token that ends a text follows the answer
 * @param maxLength most tokens of an example; longer ones are problems and never cut
 * @param problems what becomes of records that cannot be used
 * @param split where examples to validate on come from, or null
 * @param order in which the training goes through the examples
 */
public record ExamplesSpec(
        String file,
        RecordFormat format,
        @Default("[]") List<String> columns,
        @Default("") String prefix,
        String prompt,
        String answer,
        @Default("{}") Map<String, String> answers,
        @Default("true") boolean endOfText,
        @Default("2048") @Range(min = 2, max = 1 << 20) int maxLength,
        @Default("fail") Problems problems,
        @OrNull SplitSpec split,
        @Default("shuffled") Order order) {

    public ExamplesSpec {
        columns = List.copyOf(columns);
        answers = Collections.unmodifiableMap(new LinkedHashMap<>(answers));
    }

    /** A file of this form. */
    public RecordSource source(Path found) {
        return new RecordSource(found, format, columns, References.APART);
    }
}
