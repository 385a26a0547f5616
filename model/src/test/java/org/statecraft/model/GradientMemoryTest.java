package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.training.GradientCollector;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;

/**
 * What the backward pass reads must not lie in memory that the garbage collector frees after the forward pass: DJL wraps
 * arrays and numbers that come from the JVM instead of copying them.
 */
class GradientMemoryTest {
    private static final Cleaner CLEANER = Cleaner.create();
    /** Not freed again before the backward pass. */
    private static final List<ByteBuffer> RUBBISH = new ArrayList<>();

    static List<KernelCase> cases() {
        return KernelCase.full();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsDoNotDependOnTheGarbageCollector(KernelCase c) throws InterruptedException {
        try (ModelCase golden = c.open()) {
            List<Weight> parameters = List.copyOf(golden.model().parameters().values());
            parameters.forEach(weight -> weight.base().setRequiresGradient(true));
            List<float[]> undisturbed = gradients(golden, parameters, () -> {});
            List<float[]> disturbed = gradients(golden, parameters, GradientMemoryTest::collectAndOverwrite);
            for (int i = 0; i < parameters.size(); i++) {
                assertArrayEquals(undisturbed.get(i), disturbed.get(i));
            }
        }
    }

    private interface Disturbance {
        void run() throws InterruptedException;
    }

    private static List<float[]> gradients(ModelCase golden, List<Weight> parameters, Disturbance between)
            throws InterruptedException {
        parameters.forEach(weight -> weight.base().getGradient().muli(0));
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray loss = golden.model().lossSum(TokenBatch.of(golden.array("input_ids")), golden.array("labels"));
            between.run();
            collector.backward(loss);
        }
        return parameters.stream()
                .map(weight -> weight.base().getGradient().toFloatArray())
                .toList();
    }

    /** Frees the memory of unreachable buffers and writes over what was freed. */
    private static void collectAndOverwrite() throws InterruptedException {
        CountDownLatch collected = new CountDownLatch(1);
        CLEANER.register(new byte[1], collected::countDown);
        System.gc();
        collected.await();
        Thread.sleep(50);
        IntStream.range(2, 16)
                .mapToObj(power -> 1 << power)
                .flatMap(size -> Stream.generate(() -> filled(size)).limit(Math.min(2000, (1 << 24) / size)))
                .forEach(RUBBISH::add);
    }

    private static ByteBuffer filled(int size) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(size);
        while (buffer.hasRemaining()) {
            buffer.put((byte) 0x7f);
        }
        return buffer;
    }
}
