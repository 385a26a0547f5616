package org.statecraft.eval.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.eval.EvaluationOptions;
import org.statecraft.eval.EvaluationResult;
import org.statecraft.eval.Evaluator;
import org.statecraft.eval.TestTasks;
import org.statecraft.eval.scoring.Answers;
import org.statecraft.eval.scoring.GenerationSettings;
import org.statecraft.eval.scoring.LanguageModelScorer;
import org.statecraft.eval.scoring.LogLikelihood;
import org.statecraft.eval.scoring.Request;
import org.statecraft.eval.scoring.Response;
import org.statecraft.eval.scoring.RollingLogLikelihood;
import org.statecraft.eval.scoring.Scorer;
import org.statecraft.eval.scoring.ScoringOptions;
import org.statecraft.eval.scoring.Windows;
import org.statecraft.eval.scoring.WrittenAnswer;
import org.statecraft.eval.tasks.Task;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.generate.Generation;

/** Answers that outlive the evaluation that asked for them. */
class AnswerFileTest {
    private static final Map<String, String> FACTS = Map.of("model", "a");
    private static LanguageModel model;
    private static Tokenizer tokenizer;

    @TempDir
    private Path folder;

    @BeforeAll
    static void load() {
        model = EvalFixtures.model();
        tokenizer = EvalFixtures.tokenizer();
    }

    @AfterAll
    static void close() {
        tokenizer.close();
        model.close();
    }

    private AnswerFile open() {
        return AnswerFile.open(folder, FACTS);
    }

    private Path file() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findFirst().orElseThrow();
        }
    }

    private static List<Response> answers() {
        return List.of(
                new LogLikelihood(-1.0 / 3, true),
                new RollingLogLikelihood(-12345.678901234567, 77),
                new WrittenAnswer(
                        new Generation("a \"text\"\n…", new int[] {1, 2}, Generation.Finish.STOP_TEXT), null, null, 3),
                new WrittenAnswer(new Generation("", new int[0], Generation.Finish.LENGTH), -0.1, -0.05, 0));
    }

    private static void same(Response expected, Response found) {
        if (expected instanceof WrittenAnswer written) {
            WrittenAnswer other = (WrittenAnswer) found;
            assertEquals(written.generation().text(), other.generation().text());
            assertEquals(written.generation().finish(), other.generation().finish());
            assertEquals(
                    written.generation().tokens().length, other.generation().tokens().length);
            assertEquals(written.logProbability(), other.logProbability());
            assertEquals(written.score(), other.score());
            assertEquals(written.cut(), other.cut());
        } else {
            assertEquals(expected, found);
        }
    }

    @Test
    void everyKindOfAnswerComesBackAsItWas() {
        try (AnswerFile answers = open()) {
            for (int i = 0; i < answers().size(); i++) {
                answers.put("key" + i, answers().get(i));
            }
            answers.commit();
        }
        try (AnswerFile answers = open()) {
            assertEquals(4, answers.size());
            for (int i = 0; i < 4; i++) {
                same(answers().get(i), answers.get("key" + i));
            }
            assertNull(answers.get("other"));
        }
    }

    @Test
    void whatWasNotCommittedIsForgotten() {
        try (AnswerFile answers = open()) {
            answers.put("kept", answers().get(0));
            answers.commit();
            answers.put("lost", answers().get(0));
        }
        try (AnswerFile answers = open()) {
            assertEquals(1, answers.size());
        }
    }

    /** Whatever byte a dying process got to, whole batches stay and the file can be written on. */
    @Test
    void aTornLineIsCutOffAtEveryLength() throws IOException {
        try (AnswerFile answers = open()) {
            answers.put("a", answers().get(0));
            answers.commit();
            answers.put("b", answers().get(2));
            answers.commit();
        }
        byte[] whole = Files.readAllBytes(file());
        String text = Files.readString(file());
        int first = text.indexOf('\n', text.indexOf('\n') + 1) + 1;
        for (int length = 0; length < whole.length; length++) {
            Files.write(file(), Arrays.copyOf(whole, length));
            try (AnswerFile answers = open()) {
                assertEquals(length < first ? 0 : 1, answers.size(), "cut at " + length);
                answers.put("c", answers().get(1));
                answers.commit();
            }
            try (AnswerFile answers = open()) {
                assertEquals(length < first ? 1 : 2, answers.size(), "cut at " + length);
            }
        }
    }

    @Test
    void aLineThatIsNoAnswerEndsTheFile() throws IOException {
        try (AnswerFile answers = open()) {
            answers.put("a", answers().get(0));
            answers.commit();
        }
        Files.writeString(file(), "{\"x\": [\"unknown\"]}\n{\"y\": 1}\n", StandardOpenOption.APPEND);
        try (AnswerFile answers = open()) {
            assertEquals(1, answers.size());
        }
    }

    @Test
    void anotherModelHasAnotherFile() {
        try (AnswerFile answers = open()) {
            answers.put("a", answers().get(0));
            answers.commit();
        }
        try (AnswerFile other = AnswerFile.open(folder, Map.of("model", "b"))) {
            assertEquals(0, other.size());
        }
    }

    @Test
    void whileOneWritesAnotherOnlyReads() {
        try (AnswerFile writing = open()) {
            writing.put("a", answers().get(0));
            writing.commit();
            try (AnswerFile reading = open()) {
                assertEquals(1, reading.size());
                reading.put("b", answers().get(0));
                reading.commit();
            }
        }
        try (AnswerFile answers = open()) {
            assertEquals(1, answers.size());
        }
    }

    @Test
    void theKeyChangesWithAnythingThatIsAsked() {
        GenerationSettings how = GenerationSettings.greedy(5, List.of("x"));
        List<String> keys = List.of(
                AnswerCache.key("1.0", new Request.Continuation("a", "b")),
                AnswerCache.key("2.0", new Request.Continuation("a", "b")),
                AnswerCache.key("1.0", new Request.Continuation("ab", "")),
                AnswerCache.key("1.0", new Request.Rolling("a", Windows.OVERLAPPING)),
                AnswerCache.key("1.0", new Request.Rolling("a", Windows.DISJOINT)),
                AnswerCache.key("1.0", new Request.Generate("", "a", how)),
                AnswerCache.key("1.0", new Request.Generate("a", "", how)),
                AnswerCache.key("1.0", new Request.Generate("", "a", how.atMost(4))));
        assertEquals(keys.size(), keys.stream().distinct().count());
        assertNotEquals(keys.get(0), keys.get(1));
    }

    /** An evaluation that dies in the middle goes on with the same batches: its scores are bit-equal to an undisturbed one. */
    @Test
    void aKilledEvaluationGoesOnToTheSameBits() {
        List<Task> tasks = tasks();
        EvaluationResult undisturbed = run(tasks, AnswerCache.NONE, scorer());
        try (AnswerFile answers = open()) {
            assertThrows(Died.class, () -> run(tasks, answers, new Dying(scorer(), 3)));
        }
        int known;
        EvaluationResult resumed;
        try (AnswerFile answers = open()) {
            known = answers.size();
            resumed = run(tasks, answers, scorer());
        }
        assertTrue(known > 0, "nothing was kept");
        for (int t = 0; t < tasks.size(); t++) {
            for (int i = 0; i < undisturbed.tasks().get(t).samples().size(); i++) {
                assertEquals(
                        undisturbed.tasks().get(t).samples().get(i).answers(),
                        resumed.tasks().get(t).samples().get(i).answers());
            }
        }
        try (AnswerFile answers = open()) {
            run(tasks, answers, new Dying(null, 0));
        }
    }

    private static List<Task> tasks() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            rows.add("{\"q\": \"" + "why ".repeat(1 + i % 5) + i + "\"}");
        }
        Task choices = TestTasks.task(
                """
                {"task": "choices", "dataset_path": "json", "test_split": "test", "output_type": "multiple_choice",
                 "doc_to_text": "{{q}}?", "doc_to_target": 0, "doc_to_choice": ["because of it", "not at all"],
                 "metadata": {"version": 1}}
                """,
                rows.toArray(String[]::new));
        return List.of(choices, TestTasks.text("text", "It was the best of times. ".repeat(40)));
    }

    private static Scorer scorer() {
        return LanguageModelScorer.of(model, tokenizer, new ScoringOptions(2, 32));
    }

    private static EvaluationResult run(List<Task> tasks, AnswerCache cache, Scorer scorer) {
        return Evaluator.run(tasks, scorer, new EvaluationOptions(EvaluationOptions.ALL, 0), cache, (w, d, t) -> {});
    }

    private static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Works until so many batches are done. */
    private record Dying(Scorer scorer, int batches) implements Scorer {
        private <A> Answers<A> until(Answers<A> answers) {
            int[] left = {batches};
            return new Answers<>() {
                @Override
                public void answer(int request, A answer) {
                    answers.answer(request, answer);
                }

                @Override
                public void batchDone() {
                    answers.batchDone();
                    if (--left[0] == 0) {
                        throw new Died();
                    }
                }
            };
        }

        @Override
        public void logLikelihood(List<Request.Continuation> requests, Answers<LogLikelihood> answers) {
            scorer.logLikelihood(requests, until(answers));
        }

        @Override
        public void rolling(List<Request.Rolling> requests, Answers<RollingLogLikelihood> answers) {
            scorer.rolling(requests, until(answers));
        }

        @Override
        public void generate(List<Request.Generate> requests, Answers<WrittenAnswer> answers) {
            scorer.generate(requests, until(answers));
        }
    }
}
