package org.statecraft.workbench.execute;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.statecraft.eval.probes.ProbeData;
import org.statecraft.eval.probes.ProbeSequence;
import org.statecraft.eval.probes.ProbeSlice;
import org.statecraft.eval.probes.Split;
import org.statecraft.eval.probes.TokenProbe;
import org.statecraft.model.InputException;
import org.statecraft.model.Tokenizer;
import org.statecraft.peft.train.ExampleFiles;
import org.statecraft.peft.train.TrainingData;
import org.statecraft.workbench.recipe.ProbeSpec;

/** Drawn sequences of a probe as examples, of which the answers are trained. */
final class ProbeExamples implements TrainingData {
    private final String name;
    private final List<Example> examples;

    private ProbeExamples(String name, List<Example> examples) {
        this.name = name;
        this.examples = List.copyOf(examples);
    }

    /**
     * Draws what is trained and validated on, all from the stream of training sequences: each slice gives its first draws to the
     * training and those behind them to the validation, so neither meets the sequences of tests.
     *
     * @param notes hears of slices that have fewer different sequences than were asked for
     * @throws InputException when a slice has none left to train on, or the vocabulary too few tokens
     */
    static ExampleFiles.Sets draw(ProbeSpec spec, Tokenizer tokenizer, long seed, Consumer<String> notes) {
        TokenProbe probe = spec.probe();
        ProbeTokens tokens = ProbeTokens.of(probe, tokenizer);
        List<ProbeSlice> slices = spec.drawnSlices();
        int held = spec.validation() == null ? 0 : spec.validation();
        List<Example> training = new ArrayList<>();
        List<Example> validation = new ArrayList<>();
        for (int i = 0; i < slices.size(); i++) {
            int wanted = share(spec.examples(), i, slices.size());
            int forValidation = share(held, i, slices.size());
            List<ProbeSequence> drawn = ProbeData.draw(probe, slices.get(i), Split.TRAIN, seed, wanted + forValidation);
            int forTraining = drawn.size() - forValidation;
            if (forTraining < wanted) {
                String found = "probe " + probe.name() + " has only " + drawn.size()
                        + " different training sequences in the slice '" + slices.get(i) + "'";
                if (forTraining < 1) {
                    throw new InputException(found + "; lower validation, or name longer slices");
                }
                notes.accept(found + ", of which " + forTraining + " are trained on and not " + wanted);
            }
            List<Example> encoded = drawn.stream().map(tokens::example).toList();
            training.addAll(encoded.subList(0, forTraining));
            validation.addAll(encoded.subList(forTraining, encoded.size()));
        }
        return new ExampleFiles.Sets(
                new ProbeExamples(name(probe, training, "training"), training),
                held == 0 ? null : new ProbeExamples(name(probe, validation, "validation"), validation));
    }

    /** What falls on one of several slices; the first ones take what does not divide. */
    private static int share(int all, int slice, int slices) {
        return all / slices + (slice < all % slices ? 1 : 0);
    }

    private static String name(TokenProbe probe, List<Example> examples, String use) {
        return "probe " + probe.name() + " (" + use + ", " + examples.size() + " sequences)";
    }

    @Override
    public int size() {
        return examples.size();
    }

    @Override
    public Example example(int index) {
        return examples.get(index);
    }

    @Override
    public String fingerprint() {
        CRC32C sum = new CRC32C();
        for (Example example : examples) {
            ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * (2 * example.ids().length + 1));
            bytes.putInt(example.ids().length);
            IntStream.of(example.ids()).forEach(bytes::putInt);
            IntStream.of(example.labels()).forEach(bytes::putInt);
            sum.update(bytes.flip());
        }
        return "%d sequences, crc32c %08x".formatted(examples.size(), sum.getValue());
    }

    @Override
    public String toString() {
        return name;
    }
}
