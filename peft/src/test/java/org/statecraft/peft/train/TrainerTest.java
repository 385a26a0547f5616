package org.statecraft.peft.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.statecraft.model.InputException;
import org.statecraft.peft.train.TrainingCase.Heard;
import org.statecraft.peft.train.TrainingConfig.EarlyStopping;
import org.statecraft.peft.train.TrainingConfig.Keep;
import org.statecraft.peft.train.TrainingReport.State;
import org.statecraft.peft.train.TrainingReport.Validation;

/** Whole trainings on a small model. */
class TrainerTest {

    /** The validation loss rises sooner or later. */
    private static Setup validatedOften() {
        Setup setup = new Setup();
        setup.learningRate = 0.5;
        setup.schedule = Schedule.CONSTANT;
        setup.warmup = 0;
        setup.weightDecay = 0;
        setup.steps = 30;
        setup.evaluateEvery = 1;
        return setup;
    }

    @Test
    void trainingLowersTheLossAndSaysSo() {
        Setup setup = new Setup();
        setup.evaluateEvery = 5;
        Heard heard = new Heard();
        try (TrainingCase c = new TrainingCase()) {
            TrainingReport report =
                    c.trainer(setup).validateOn(c.text).listen(heard).train();
            assertEquals(State.COMPLETED, report.state());
            assertFalse(report.stoppedEarly());
            assertEquals(12, report.steps());
            assertEquals(12, report.kept());
            assertEquals(List.of(5, 10, 12), heard.validations);
            assertTrue(report.validations().get(2).loss() < report.losses().get(0) - 0.1);
            assertEquals(c.adapter.parameterCount(), report.trainableParameters());
            assertEquals(c.model.parameterCount() + c.adapter.parameterCount(), report.totalParameters());
            assertTrue(report.tokensPerSecond() > 0);
            assertEquals(12, heard.progress.size());
            for (int i = 0; i < 12; i++) {
                TrainingListener.Progress progress = heard.progress.get(i);
                assertEquals(i + 1, progress.step());
                assertEquals(report.losses().get(i), progress.loss());
                assertEquals(setup.config().learningRate(i), progress.learningRate());
            }
            assertEquals(0, heard.progress.get(11).secondsLeft());
            assertTrue(heard.notes.get(0).startsWith("the adapter trains "), heard.notes.get(0));
            String layers = "0-" + (c.model.layers().size() - 1);
            assertTrue(
                    heard.notes.stream().anyMatch(note -> note.contains("state_offset_u") && note.contains(layers)),
                    heard.notes.toString());
        }
    }

    @Test
    void otherSeedTrainsInAnotherOrder() {
        List<List<Double>> losses = new ArrayList<>();
        for (long seed : new long[] {3, 3, 4}) {
            Setup setup = new Setup();
            setup.steps = 3;
            setup.seed = seed;
            try (TrainingCase c = new TrainingCase()) {
                losses.add(c.trainer(setup).train().losses());
            }
        }
        assertEquals(losses.get(0), losses.get(1));
        assertNotEquals(losses.get(0), losses.get(2));
    }

    @Test
    void patienceEndsTheTrainingAndTheBestParametersAreKept() {
        Setup setup = validatedOften();
        setup.earlyStopping = new EarlyStopping(2, 0);
        setup.keep = Keep.BEST;
        TrainingReport report;
        Map<String, float[]> kept;
        try (TrainingCase c = new TrainingCase()) {
            report = c.trainer(setup).validateOn(c.held).train();
            kept = c.values();
        }
        assertTrue(report.stoppedEarly());
        assertEquals(State.COMPLETED, report.state());
        Validation best = report.validations().stream()
                .min((a, b) -> Double.compare(a.loss(), b.loss()))
                .orElseThrow();
        assertEquals(best.step(), report.kept());
        assertEquals(best.step() + 2, report.steps(), "two validations in vain");

        Setup justThere = validatedOften();
        justThere.steps = best.step();
        try (TrainingCase c = new TrainingCase()) {
            c.trainer(justThere).validateOn(c.held).train();
            c.values().forEach((key, values) -> assertArrayEquals(values, kept.get(key)));
        }
    }

    @Test
    void improvementMustExceedMinDelta() {
        List<Validation> falling = List.of(
                new Validation(1, 3.0), new Validation(2, 2.95), new Validation(3, 2.91), new Validation(4, 2.89));
        History history = new History(List.of(), falling);
        assertFalse(history.exhausts(new EarlyStopping(3, 0.1)), "2.89 is 0.11 below 3.0");
        assertTrue(history.exhausts(new EarlyStopping(3, 0.2)));
        assertFalse(history.exhausts(new EarlyStopping(4, 0.2)));
        assertFalse(history.exhausts(EarlyStopping.NEVER));
        assertEquals(4, history.best().step());
    }

    @Test
    void numberOfArraysDoesNotGrow() {
        Setup setup = new Setup();
        setup.steps = 6;
        setup.evaluateEvery = 2;
        setup.keep = Keep.BEST;
        setup.accumulate = 2;
        try (TrainingCase c = new TrainingCase();
                NDManager probe = c.model.newScope()) {
            NDManager root = probe.getParentManager();
            NDManager ofAdapter =
                    c.adapter.parameters().values().iterator().next().getManager();
            List<Integer> counts = new ArrayList<>();
            c.trainer(setup)
                    .validateOn(c.held)
                    .listen(new TrainingListener() {
                        @Override
                        public void validated(int step, double loss) {
                            counts.add(root.getManagedArrays().size()
                                    + ofAdapter.getManagedArrays().size());
                        }
                    })
                    .train();
            assertEquals(counts.get(1), counts.get(2));
        }
    }

    @Test
    void modelDoesNotRecordGradientsAfterTheTraining() {
        Setup setup = new Setup();
        setup.steps = 2;
        try (TrainingCase c = new TrainingCase()) {
            c.trainer(setup).train();
            c.adapter.parameters().values().forEach(parameter -> assertFalse(parameter.hasGradient()));
        }
    }

    @Test
    void contradictionsAreRefusedBeforeAnythingRuns() {
        Setup best = new Setup();
        best.keep = Keep.BEST;
        assertThrows(InputException.class, best::config);
        Setup patient = new Setup();
        patient.earlyStopping = new EarlyStopping(2, 0);
        assertThrows(InputException.class, patient::config);
        Setup slow = new Setup();
        slow.warmup = 13;
        assertThrows(InputException.class, slow::config);
        Setup blind = new Setup();
        blind.evaluateEvery = 2;
        try (TrainingCase c = new TrainingCase()) {
            Trainer trainer = c.trainer(blind);
            assertThrows(InputException.class, trainer::train);
        }
    }
}
