package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertCloseToScale;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;

/** Loss and gradient of distillation, with a Mamba-1 teacher of Mamba-2 students. */
class DistillationTest {
    private static final double WEIGHT = 0.3;
    private static final double TEMPERATURE = 3;
    private static final String TEACHER = "mamba1-tiny";
    /** Its head is not the embedding, so the gradient of the head alone can be written down. */
    private static final String STUDENT = "mamba2-tiny-g2";

    private static final String HEAD = "lm_head.weight";

    /** Tokens and labels; the logits of the student where a golden file has them. */
    private record Data(TokenBatch tokens, NDArray labels, NDArray logits) {}

    private static final class Pair implements AutoCloseable {
        final ModelCase student;
        final ModelCase teacher;

        Pair(KernelCase c) {
            student = c.open();
            teacher = ModelCase.open(TEACHER, c.kernel(64));
        }

        Distillation distillation(double weight) {
            return new Distillation(teacher.model(), weight, TEMPERATURE);
        }

        Data golden() {
            return new Data(
                    TokenBatch.of(student.array("input_ids")), student.array("labels"), student.array("logits"));
        }

        /** Rows that end at different places, of which not every token counts. */
        Data random(int rows, int length) {
            Random random = new Random(11);
            List<int[]> ids = new ArrayList<>();
            for (int r = 0; r < rows; r++) {
                ids.add(random.ints(length - r * length / (2 * rows), 0, 97).toArray());
            }
            TokenBatch batch = TokenBatch.padded(student.scope(), ids);
            long[] labels = batch.ids().toLongArray();
            for (int i = 0; i < labels.length; i++) {
                if (i % length >= ids.get(i / length).length || i % 7 == 3) {
                    labels[i] = CrossEntropy.IGNORED;
                }
            }
            return new Data(batch, student.scope().create(labels, batch.ids().getShape()), null);
        }

        Map<String, NDArray> train() {
            Map<String, NDArray> trained = new LinkedHashMap<>();
            student.model().parameters().forEach((name, weight) -> trained.put(name, weight.base()));
            trained.values().forEach(array -> array.setRequiresGradient(true));
            return trained;
        }

        @Override
        public void close() {
            student.close();
            teacher.close();
        }
    }

    static List<KernelCase> kernels() {
        return students().stream().filter(c -> c.model().equals(STUDENT)).toList();
    }

    static List<KernelCase> students() {
        return KernelCase.mamba2();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void valueAndGradientAreThoseOfDoublePrecision(KernelCase c) {
        try (Pair pair = new Pair(c)) {
            check(pair, pair.golden());
            // several pieces of one segment, then several segments
            check(pair, pair.random(1, 1200));
            check(pair, pair.random(8, 2 * 256 + 2));
        }
    }

    private static void check(Pair pair, Data data) {
        LanguageModel student = pair.student.model();
        LanguageModel teacher = pair.teacher.model();
        NDArray hidden = student.forward(data.tokens, null, null).hidden();
        InDoubles expected = new InDoubles(
                data.logits == null ? student.logits(hidden) : data.logits,
                teacher.logits(teacher.forward(data.tokens, null, null).hidden()),
                data.labels);

        Distillation distillation = pair.distillation(WEIGHT);
        double perLabel = 1.0 / expected.counted;
        float sum = student.lossSum(data.tokens, data.labels, distillation).getFloat();
        assertEquals(expected.sum * perLabel, sum * perLabel, Tolerances.LOSS);

        NDArray head = pair.train().get(HEAD);
        NDArray gradient = pair.student.scope().create(expected.headGradient(hidden), head.getShape());
        for (LossGradient way : ways(student, distillation)) {
            float loss = way.add(data.tokens, data.labels, perLabel).getFloat();
            assertEquals(expected.sum * perLabel, loss, Tolerances.LOSS);
            assertCloseToScale(HEAD, gradient, take(head), Tolerances.GRADIENT_RELATIVE);
        }
    }

    private static List<LossGradient> ways(LanguageModel model, Objective objective) {
        return List.of(LossGradient.recorded(model, objective), LossGradient.recomputed(model, objective));
    }

    private static NDArray take(NDArray parameter) {
        NDArray gradient = parameter.getGradient();
        NDArray copy = gradient.duplicate();
        gradient.muli(0);
        return copy;
    }

    private static Map<String, NDArray> take(Map<String, NDArray> trained) {
        Map<String, NDArray> taken = new LinkedHashMap<>();
        trained.forEach((name, array) -> taken.put(name, take(array)));
        return taken;
    }

    /** Written from the formula, token by token, without regard to anything but that. */
    private static final class InDoubles {
        final int vocabulary;
        final double[][] gradient;
        double sum;
        int counted;

        InDoubles(NDArray logits, NDArray teacher, NDArray labels) {
            vocabulary = (int) logits.getShape().get(2);
            float[] z = logits.toFloatArray();
            float[] v = teacher.toFloatArray();
            long[] label = labels.toLongArray();
            int length = (int) labels.getShape().get(1);
            gradient = new double[label.length][vocabulary];
            for (int i = 0; i < label.length; i++) {
                if (i % length < length - 1 && label[i + 1] != CrossEntropy.IGNORED) {
                    counted++;
                    token(softmax(z, i, 1), softmax(z, i, TEMPERATURE), softmax(v, i, TEMPERATURE), i, (int)
                            label[i + 1]);
                }
            }
        }

        private void token(double[] p, double[] cold, double[] wanted, int row, int label) {
            sum -= (1 - WEIGHT) * Math.log(p[label]);
            for (int j = 0; j < vocabulary; j++) {
                sum += WEIGHT * TEMPERATURE * TEMPERATURE * wanted[j] * (Math.log(wanted[j]) - Math.log(cold[j]));
                gradient[row][j] =
                        (1 - WEIGHT) * (p[j] - (j == label ? 1 : 0)) + WEIGHT * TEMPERATURE * (cold[j] - wanted[j]);
            }
        }

        private double[] softmax(float[] all, int row, double temperature) {
            double[] p = new double[vocabulary];
            double total = 0;
            for (int j = 0; j < vocabulary; j++) {
                p[j] = Math.exp(all[row * vocabulary + j] / temperature);
                total += p[j];
            }
            for (int j = 0; j < vocabulary; j++) {
                p[j] /= total;
            }
            return p;
        }

        /** Of the mean over the labels that count, by the matrix of the head: {@code Σ gradient ⊗ hidden}. */
        float[] headGradient(NDArray hidden) {
            int width = (int) hidden.getShape().get(2);
            float[] h = hidden.toFloatArray();
            double[] total = new double[vocabulary * width];
            for (int row = 0; row < gradient.length; row++) {
                for (int j = 0; j < vocabulary; j++) {
                    for (int k = 0; k < width; k++) {
                        total[j * width + k] += gradient[row][j] * h[row * width + k] / counted;
                    }
                }
            }
            float[] rounded = new float[total.length];
            for (int i = 0; i < total.length; i++) {
                rounded[i] = (float) total[i];
            }
            return rounded;
        }
    }

    @ParameterizedTest
    @MethodSource("students")
    void gradientsOfAllParametersAreThoseOfFiniteDifferencesAndOfRecomputation(KernelCase c) {
        try (Pair pair = new Pair(c)) {
            LanguageModel student = pair.student.model();
            Data data = pair.random(3, 40);
            Map<String, NDArray> trained = pair.train();
            List<LossGradient> ways = ways(student, pair.distillation(WEIGHT));
            double scale = 1.0 / 80;
            ways.get(0).add(data.tokens, data.labels, scale);
            Map<String, NDArray> gradient = take(trained);
            ways.get(1).add(data.tokens, data.labels, scale);
            take(trained).forEach((name, recomputed) -> assertCloseToScale(name, gradient.get(name), recomputed, 1e-6));
            trained.values().forEach(array -> array.setRequiresGradient(false));

            double square = gradient.values().stream()
                    .mapToDouble(g -> g.square().sum().getFloat())
                    .sum();
            // along the gradient the loss grows by its norm for each unit of length
            double unit = 1e-3 / square;
            double above = moved(pair, trained, gradient, unit, data) * scale;
            double below = moved(pair, trained, gradient, -unit, data) * scale;
            assertEquals(1, (above - below) / (2 * unit * square), 5e-3);
        }
    }

    /** The loss at parameters moved by a multiple of some arrays, and back. */
    private static double moved(
            Pair pair, Map<String, NDArray> parameters, Map<String, NDArray> direction, double by, Data data) {
        parameters.forEach((name, p) -> p.addi(direction.get(name).mul((float) by)));
        double loss = pair.student
                .model()
                .lossSum(data.tokens, data.labels, pair.distillation(WEIGHT))
                .getFloat();
        parameters.forEach((name, p) -> p.subi(direction.get(name).mul((float) by)));
        return loss;
    }

    @ParameterizedTest
    @MethodSource("students")
    void withoutWeightItIsCrossEntropyBitForBit(KernelCase c) {
        try (Pair pair = new Pair(c)) {
            LanguageModel student = pair.student.model();
            Data data = pair.random(3, 40);
            Distillation none = pair.distillation(0);
            assertEquals(
                    student.lossSum(data.tokens, data.labels).getFloat(),
                    student.lossSum(data.tokens, data.labels, none).getFloat());
            Map<String, NDArray> trained = pair.train();
            List<LossGradient> plain = ways(student, Objective.CROSS_ENTROPY);
            List<LossGradient> distilled = ways(student, none);
            for (int i = 0; i < plain.size(); i++) {
                float loss = plain.get(i).add(data.tokens, data.labels, 0.01).getFloat();
                Map<String, NDArray> expected = take(trained);
                assertEquals(
                        loss,
                        distilled.get(i).add(data.tokens, data.labels, 0.01).getFloat());
                take(trained)
                        .forEach((name, g) -> assertArrayEquals(
                                // 0 and -0 are the same number
                                expected.get(name).add(0).toFloatArray(),
                                g.add(0).toFloatArray(),
                                name));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("students")
    void aModelLearnsNothingFromItself(KernelCase c) {
        try (Pair pair = new Pair(c)) {
            LanguageModel model = pair.student.model();
            Data data = pair.random(3, 40);
            Map<String, NDArray> trained = pair.train();
            LossGradient.recorded(model).add(data.tokens, data.labels, 0.01);
            Map<String, NDArray> usual = take(trained);
            Distillation own = new Distillation(model, 1, TEMPERATURE);
            assertEquals(0, model.lossSum(data.tokens, data.labels, own).getFloat(), 1e-5);
            for (LossGradient way : ways(model, own)) {
                assertEquals(0, way.add(data.tokens, data.labels, 0.01).getFloat(), 1e-5);
                take(trained).forEach((name, g) -> {
                    float allowed = 1e-5f * usual.get(name).abs().max().getFloat();
                    assertTrue(g.abs().max().getFloat() <= allowed, name);
                });
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void noGradientGoesThroughTheTeacher(KernelCase c) {
        try (Pair pair = new Pair(c)) {
            Data data = pair.random(3, 40);
            NDArray head = pair.train().get(HEAD);
            NDArray ofTeacher = pair.teacher.model().embedding().base();
            ofTeacher.setRequiresGradient(true);
            for (LossGradient way : ways(pair.student.model(), pair.distillation(WEIGHT))) {
                way.add(data.tokens, data.labels, 1);
                assertTrue(take(head).abs().max().getFloat() > 0);
                assertEquals(0, take(ofTeacher).abs().max().getFloat());
            }
        }
    }

    /** Only the head is trained: nothing below it has a gradient. */
    @Test
    void theHeadAloneCanBeTrained() {
        try (ModelCase golden = ModelCase.open(STUDENT)) {
            NDArray head = golden.model().head().base();
            head.setRequiresGradient(true);
            TokenBatch batch = TokenBatch.of(golden.array("input_ids"));
            double scale = 1.0 / golden.figures().path("loss_counted_tokens").asInt();
            LossGradient.recorded(golden.model()).add(batch, golden.array("labels"), scale);
            assertCloseToScale(HEAD, golden.array("grad." + HEAD), take(head), Tolerances.GRADIENT_RELATIVE);
        }
    }

    /** The logits of a whole batch would not fit where those of a piece must. */
    @Test
    void piecesAreSmallerBesideATeacher() {
        try (Pair pair = new Pair(new KernelCase("reference", STUDENT));
                NDManager scope = pair.student.model().newScope()) {
            NDArray ids = scope.zeros(new Shape(1, 2), DataType.INT64);
            NDArray manyRows = scope.zeros(new Shape(2048, 512, 1));
            long plain = pieceLength(pair, Objective.CROSS_ENTROPY, ids, manyRows);
            assertEquals(LossRows.MOST_LOGITS / 97 / 2048, plain);
            assertEquals(LossRows.MOST_LOGITS / 97 / 2048 / 4, pieceLength(pair, pair.distillation(1), ids, manyRows));
        }
    }

    private static long pieceLength(Pair pair, Objective objective, NDArray ids, NDArray tokens) {
        TokenBatch batch = TokenBatch.of(ids);
        LossRows first = new BatchLoss(pair.student.model(), objective, batch.predicting(ids), ids.getManager())
                .pieces(tokens.getShape())
                .get(0);
        return first.to() - first.from();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void packedSequencesHaveTheLossAndTheGradientOfPaddedOnes(KernelCase c) {
        try (Pair pair = new Pair(c)) {
            NDManager scope = pair.student.scope();
            Random random = new Random(4);
            List<int[]> ids = List.of(ids(random, 40), ids(random, 1), ids(random, 300), ids(random, 7));
            TokenBatch packed = TokenBatch.packed(scope, ids);
            TokenBatch padded = TokenBatch.padded(scope, ids);
            long[] labels = padded.ids().toLongArray();
            for (int i = 0; i < labels.length; i++) {
                if (i % 300 >= ids.get(i / 300).length) {
                    labels[i] = CrossEntropy.IGNORED;
                }
            }
            NDArray besides = scope.create(labels, padded.ids().getShape());
            NDArray head = pair.train().get(HEAD);
            for (LossGradient way : ways(pair.student.model(), pair.distillation(WEIGHT))) {
                float expected = way.add(padded, besides, 1e-2).getFloat();
                NDArray gradient = take(head);
                assertEquals(expected, way.add(packed, packed.ids(), 1e-2).getFloat(), 1e-5 * expected);
                assertCloseToScale(HEAD, gradient, take(head), 1e-5);
            }
        }
    }

    private static int[] ids(Random random, int length) {
        return random.ints(length, 0, 97).toArray();
    }

    @Test
    void anotherVocabularyIsRefused() {
        try (ModelCase golden = ModelCase.open("mamba2-tiny-g1");
                ModelCase padded = ModelCase.open("mamba2-tiny-g1-ss")) {
            TokenBatch batch = TokenBatch.of(golden.array("input_ids"));
            Distillation distillation = new Distillation(padded.model(), 0.5, 2);
            for (LossGradient way : ways(golden.model(), distillation)) {
                String message = assertThrows(InputException.class, () -> way.add(batch, batch.ids(), 1))
                        .getMessage();
                assertTrue(message.startsWith("the teacher has a vocabulary of "), message);
                assertTrue(message.contains("112 rows"), message);
                assertTrue(message.contains("97"), message);
            }
            assertThrows(InputException.class, () -> golden.model().lossSum(batch, batch.ids(), distillation));
        }
    }

    @Test
    void impossibleNumbersAreRefused() {
        for (double weight : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThrows(InputException.class, () -> new Distillation(null, weight, 1));
        }
        for (double temperature : new double[] {0, -1, Double.POSITIVE_INFINITY, Double.NaN}) {
            assertThrows(InputException.class, () -> new Distillation(null, 0.5, temperature));
        }
    }
}
