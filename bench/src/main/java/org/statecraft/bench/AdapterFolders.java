package org.statecraft.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.statecraft.model.Constants;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.mamba1.Mamba1Layer;
import org.statecraft.model.safetensors.SafetensorsWriter;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.files.AdapterFiles;
import org.statecraft.peft.lora.Lora;
import org.statecraft.peft.lora.LoraConfig;
import org.statecraft.peft.lora.LoraConfig.Variant;
import org.statecraft.peft.prompt.Prompt;
import org.statecraft.peft.prompt.PromptStart;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes adapters with random values and the logits that they give here, for other programs to load and to compare. */
@Command(
        name = "adapters",
        mixinStandardHelpOptions = true,
        description = "Write adapters with random values, and the logits of the model with each of them.",
        footer = {
            "",
            "Example: bench/run adapters fixtures/models/mamba2-tiny-g1 adapters",
            "Next:    python3 bench/peers/peft_interop.py fixtures/models/mamba2-tiny-g1 adapters"
        })
final class AdapterFolders implements Callable<Integer> {
    private static final long SEED = 7;
    private static final double DEVIATION = 0.1;
    private static final Shape TOKENS = new Shape(2, 40);

    @Parameters(paramLabel = "MODEL", description = "A model folder.")
    private Path model;

    @Parameters(paramLabel = "FOLDER", description = "Where a folder for each adapter is made.")
    private Path folder;

    /** Makes an untrained adapter. */
    @FunctionalInterface
    private interface Method {
        TunableAdapter create(LanguageModel model);
    }

    @Override
    public Integer call() throws IOException {
        try (LanguageModel base = LanguageModel.load(model, Device.cpu())) {
            for (Map.Entry<String, Method> method : methods(base).entrySet()) {
                try (TunableAdapter adapter = method.getValue().create(base);
                        NDManager scope = base.newScope()) {
                    write(base, adapter, folder.resolve(method.getKey()), scope);
                }
            }
        }
        System.out.println(folder);
        return 0;
    }

    private static Map<String, Method> methods(LanguageModel base) {
        boolean mamba1 = base.layers().get(0) instanceof Mamba1Layer;
        List<String> linear = mamba1 ? List.of("in_proj", "x_proj") : List.of("in_proj");
        Map<String, Method> methods = new LinkedHashMap<>();
        methods.put("lora", model -> lora(model, Variant.LORA, "all", linear));
        methods.put("rslora", model -> lora(model, Variant.RSLORA, "all", linear));
        methods.put("dora", model -> lora(model, Variant.DORA, "all", linear));
        methods.put("rsdora", model -> lora(model, Variant.RSDORA, "all", linear));
        methods.put("lora-layer-1", model -> lora(model, Variant.LORA, "1", linear));
        methods.put("lora-embeddings", model -> lora(model, Variant.LORA, "all", List.of("in_proj", "embeddings")));
        methods.put("lora-out_proj", model -> lora(model, Variant.LORA, "all", List.of("out_proj")));
        methods.put("prompt", model -> Prompt.create(model, 5, new PromptStart.Vocabulary(), SEED));
        if (mamba1) {
            methods.put("lora-dt_proj", model -> lora(model, Variant.LORA, "all", List.of("dt_proj")));
        }
        return methods;
    }

    private static Lora lora(LanguageModel model, Variant variant, String layers, List<String> targets) {
        return Lora.create(model, new LoraConfig(variant, 4, 8), targets, new LayerRange(layers), SEED);
    }

    private void write(LanguageModel base, TunableAdapter adapter, Path target, NDManager scope) throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        for (NDArray parameter : adapter.parameters().values()) {
            float[] noise = new float[(int) parameter.size()];
            for (int i = 0; i < noise.length; i++) {
                noise[i] = (float) (DEVIATION * random.nextGaussian());
            }
            parameter.addi(Constants.array(scope, noise, parameter.getShape()));
        }
        AdapterFiles.save(adapter, model.toString(), target.resolve("adapter"));
        LanguageModel adapted = base.with(adapter);
        long vocabulary = base.embedding().shape().get(0);
        long[] tokens = LongStream.generate(() -> random.nextLong(vocabulary))
                .limit(TOKENS.size())
                .toArray();
        NDArray ids = scope.create(tokens, TOKENS);
        NDArray logits = adapted.logits(adapted.forward(ids).hidden());
        SafetensorsWriter.write(
                target.resolve("ours.safetensors"), Map.of("input_ids", ids, "logits", logits), Map.of());
    }
}
