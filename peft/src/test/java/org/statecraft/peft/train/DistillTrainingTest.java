package org.statecraft.peft.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.Distillation;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.peft.Axis;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.train.TrainingCase.Heard;
import org.statecraft.peft.train.TrainingReport.State;

/** Trainings with a teacher. */
class DistillTrainingTest {
    @TempDir
    Path folder;

    private static Trainer trainer(TrainingCase c, Setup setup, LanguageModel teacher) {
        return c.trainer(setup).distill(new Distillation(teacher, 0.5, 2), "a teacher");
    }

    private static ModelCase teacher() {
        return ModelCase.open(ModelCase.mamba2Names().get(1));
    }

    /** The mean divergence of the adapted model from the teacher on the training text. */
    private static double divergence(TrainingCase c, LanguageModel teacher) {
        LanguageModel adapted = c.model.with(c.adapter);
        return new ValidationLoss(c.text, new Distillation(teacher, 1, 2), 4, Rows.PADDED, () -> false)
                .of(adapted)
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theStudentComesNearerToItsTeacher(boolean recompute) {
        Setup setup = new Setup();
        setup.recompute = recompute;
        setup.evaluateEvery = 12;
        try (TrainingCase c = new TrainingCase();
                ModelCase teacher = teacher()) {
            double before = divergence(c, teacher.model());
            TrainingReport report = c.trainer(setup)
                    .distill(new Distillation(teacher.model(), 1, 2), "a teacher")
                    .validateOn(c.text)
                    .train();
            double after = divergence(c, teacher.model());
            assertTrue(after < before - 0.2, before + " before, " + after + " after");
            assertEquals(after, report.validations().get(0).loss(), 1e-5, "the loss of validation is of the same kind");
        }
    }

    @Test
    void aDistilledTrainingContinuesToTheSameBytes() {
        Setup setup = new Setup();
        setup.accumulate = 2;
        Map<String, float[]> straight;
        try (TrainingCase c = new TrainingCase();
                ModelCase teacher = teacher()) {
            trainer(c, setup, teacher.model()).train();
            straight = c.values();
        }
        stopAfterFive(setup);
        try (TrainingCase c = new TrainingCase();
                ModelCase teacher = teacher()) {
            trainer(c, setup, teacher.model()).checkpointTo(folder).resume();
            c.values().forEach((key, values) -> assertArrayEquals(straight.get(key), values, key));
        }
    }

    private void stopAfterFive(Setup setup) {
        Heard heard = new Heard();
        try (TrainingCase c = new TrainingCase();
                ModelCase teacher = teacher()) {
            TrainingReport report = trainer(c, setup, teacher.model())
                    .checkpointTo(folder)
                    .listen(heard)
                    .cancelWhen(() -> heard.progress.size() == 5)
                    .train();
            assertEquals(State.CANCELLED, report.state());
        }
    }

    @Test
    void anotherTeacherIsNamedAndRefused() {
        Setup setup = new Setup();
        stopAfterFive(setup);
        try (TrainingCase c = new TrainingCase();
                ModelCase teacher = teacher()) {
            Distillation same = new Distillation(teacher.model(), 0.5, 2);
            assertRefused(c.trainer(setup).distill(same, "another"), "distill/teacher was a teacher, is another");
            Distillation warmer = new Distillation(teacher.model(), 0.5, 4);
            assertRefused(c.trainer(setup).distill(warmer, "a teacher"), "distill/temperature was 2.0, is 4.0");
            Distillation lighter = new Distillation(teacher.model(), 0.25, 2);
            assertRefused(c.trainer(setup).distill(lighter, "a teacher"), "distill/weight was 0.5, is 0.25");
            assertRefused(c.trainer(setup), "distill/teacher was a teacher, is null");
        }
    }

    private void assertRefused(Trainer trainer, String difference) {
        Trainer resumed = trainer.checkpointTo(folder);
        String message = assertThrows(InputException.class, resumed::resume).getMessage();
        assertTrue(message.contains(difference), message);
    }

    @Test
    void aTeacherWithAnotherVocabularyIsRefused() {
        try (TrainingCase c = new TrainingCase();
                ModelCase padded = ModelCase.open("mamba2-tiny-g1-ss")) {
            Trainer trainer = trainer(c, new Setup(), padded.model());
            String message = assertThrows(InputException.class, trainer::train).getMessage();
            assertTrue(message.startsWith("the teacher has a vocabulary of "), message);
        }
    }

    /** Trains the final norm of a model in place. */
    private record InPlace(LanguageModel model) implements TunableAdapter {
        @Override
        public String type() {
            return "IN_PLACE";
        }

        @Override
        public Map<String, Object> config() {
            return Map.of();
        }

        @Override
        public Map<String, NDArray> parameters() {
            return Map.of("norm", model.finalNorm().base());
        }

        @Override
        public Map<String, List<Axis>> axes() {
            return Map.of("norm", List.of(Axis.MODEL));
        }

        @Override
        public List<Integer> layers() {
            return List.of();
        }

        @Override
        public Set<String> movedFirst() {
            return Set.of();
        }

        @Override
        public boolean untrained() {
            return true;
        }

        @Override
        public void close() {}
    }

    @Test
    void aTeacherThatWouldChangeWithItsStudentIsRefused() {
        try (TrainingCase c = new TrainingCase();
                ModelCase teacher = teacher()) {
            InPlace adapter = new InPlace(c.model);
            Trainer own = new Trainer(c.model, adapter, c.text, new Setup().config())
                    .distill(new Distillation(c.model, 0.5, 2), "itself");
            String message = assertThrows(TrainingException.class, own::train).getMessage();
            assertTrue(message.contains("IN_PLACE trains backbone.norm_f.weight, a weight of the teacher"), message);
            Guards.teacherStays(teacher.model(), adapter);
        }
    }
}
