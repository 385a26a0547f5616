package org.statecraft.workbench.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a task file can get wrong, each told with line and column; see {@link RecipeFolder} for the marks. */
class TaskMistakesTest {
    private RecipeFolder folder;

    @BeforeEach
    void make(@TempDir Path temporary) throws IOException {
        folder = new RecipeFolder(temporary);
    }

    private List<Problem> problems(String tasks) throws IOException {
        Path recipe = folder.write("r.yaml", RecipeFolder.RECIPE.replace("[verse]", "[" + tasks + "]"));
        return RecipeReader.problems(recipe, ReadOptions.none());
    }

    private void assertPlaces(List<Problem> problems) {
        List<String> found = problems.stream().map(RecipeFolder::place).sorted().toList();
        assertEquals(folder.places().stream().sorted().toList(), found, problems::toString);
    }

    @Test
    void everyMistakeIsToldAtItsPlace() throws IOException {
        folder.write(
                "tasks/broken.yaml",
                """
                task: §other
                datset_path: §json
                dataset_path: json
                dataset_kwargs: {data_files: {test: ../held-out.txt}}
                test_split: §tset
                output_type: §multiple_choise
                doc_to_text: "x"
                doc_to_target: "y"
                metadata: {version: 1.0}
                """);
        folder.write(
                "tasks/mixed.yaml",
                """
                task: mixed
                dataset_path: text
                dataset_kwargs: {data_files: {test: ../held-out.txt}}
                test_split: test
                output_type: multiple_choice
                doc_to_text: §!function utils.mine
                doc_to_target: "y"
                doc_to_choice: [a, b]
                num_fewshot: §-1
                metric_list: [{metric: acc}, {metric: §perplexty}, §acc]
                generation_kwargs: §{until: [x]}
                metadata: §{}
                """);

        List<Problem> problems = problems("broken, mixed");

        assertPlaces(problems);
        assertTrue(problems.toString().contains("did you mean 'dataset_path'?"), problems::toString);
        assertTrue(problems.toString().contains("did you mean 'multiple_choice'?"), problems::toString);
        assertTrue(problems.toString().contains("Python code that is not run here"), problems::toString);
    }

    @Test
    void anIncludedFileGivesWhatTheTaskDoesNotSay() throws IOException {
        folder.write("tasks/verse_again.yaml", "include: verse.yaml\ntask: verse_again\nnum_fewshot: 2\n");
        Path recipe = folder.write("r.yaml", RecipeFolder.RECIPE.replace("[verse]", "[verse_again]"));

        LocatedTask task = RecipeReader.read(recipe, ReadOptions.none()).get(0).task("verse_again");

        assertEquals(2, task.config().fewShot().count());
        assertEquals("text", task.config().datasetPath());
        assertEquals(
                List.of(folder.path("held-out.txt")),
                task.files().values().stream().toList());
    }

    @Test
    void aFileThatIncludesItselfIsRefused() throws IOException {
        folder.write("tasks/round.yaml", "§include: round.yaml\ntask: round\n");
        List<Problem> problems = problems("round");
        assertPlaces(problems);
        assertTrue(problems.get(0).found().contains("includes itself"), problems::toString);
    }

    @Test
    void aMistakeInAnIncludedFileIsToldThere() throws IOException {
        folder.write(
                "tasks/base.yaml",
                """
                dataset_path: text
                dataset_kwargs: {data_files: {test: ../held-out.txt}}
                test_split: test
                output_type: loglikelihood
                doc_to_text: "x"
                doc_to_target: "y"
                metric_list: §many
                metadata: {version: 1.0}
                """);
        folder.write("tasks/derived.yaml", "include: base.yaml\ntask: derived\n");
        assertPlaces(problems("derived"));
    }

    /** Some tasks without their data are left out and listed; a step of nothing else is a mistake. */
    @Test
    void aTaskWithoutItsDataIsSkippedUnlessThereIsNoOther() throws IOException {
        String absent = Files.readString(folder.path("tasks/verse.yaml"))
                .replace("task: verse", "task: absent")
                .replace("../held-out.txt", "far/away.txt");
        folder.write("tasks/absent.yaml", absent);

        assertEquals(List.of(), problems("verse, absent"));
        Path recipe = folder.write("r.yaml", RecipeFolder.RECIPE.replace("[verse]", "[verse, absent]"));
        LocatedTask task = RecipeReader.read(recipe, ReadOptions.none()).get(0).task("absent");
        assertFalse(task.runnable());
        assertTrue(task.missing().get(0).contains("far/away.txt"), task.missing()::toString);

        List<Problem> alone = problems("absent");
        assertEquals(1, alone.size());
        assertTrue(alone.get(0).toString().contains("far/away.txt"), alone::toString);
        assertTrue(alone.get(0).toString().contains("STATECRAFT_DATA"), alone::toString);
    }

    /** As the hub stores it: folders named by data set and configuration, files by split. */
    @Test
    void aDataSetOfTheHubIsFoundByItsName() throws IOException {
        Path hub = folder.path("hub");
        Files.createDirectories(hub.resolve("allenai/ai2_arc/ARC-Easy"));
        Files.writeString(
                hub.resolve("allenai/ai2_arc/ARC-Easy/test-00000-of-00001.jsonl"),
                "{\"question\": \"Why?\", \"choices\": {\"text\": [\"a\", \"b\"], \"label\": [\"1\", \"2\"]}, \"answerKey\": \"2\"}\n");
        folder.write(
                "tasks/arc.yaml",
                """
                task: arc
                dataset_path: allenai/ai2_arc
                dataset_name: ARC-Easy
                test_split: test
                output_type: multiple_choice
                doc_to_text: "Question: {{question}}\\nAnswer:"
                doc_to_target: "{{choices.label.index(answerKey)}}"
                doc_to_choice: "{{choices.text}}"
                metadata: {version: 1.0}
                """);
        Path recipe = folder.write("r.yaml", RecipeFolder.RECIPE.replace("[verse]", "[arc]"));
        LocatedTask task = RecipeReader.read(recipe, ReadOptions.none().withDataRoot(hub))
                .get(0)
                .task("arc");
        assertTrue(task.runnable(), task.missing()::toString);
        assertEquals(
                List.of(1),
                task.task(task.config()).documents(all -> all).used().get(0).gold());
    }
}
