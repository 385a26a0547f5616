package org.statecraft.model;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.statecraft.model.files.JsonFiles;

/**
 * The configuration of a merged model: that of its source, with the size of the state and the type of the weights as they are now.
 *
 * @param name of the file
 */
record MergedConfig(String name, ObjectNode json) {
    /** Infinity stays a bare word, as Python writes and reads it. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    static MergedConfig of(Checkpoint source, LanguageModel model) {
        String name = source.layout() == Layout.CODESTRAL ? "params.json" : "config.json";
        ObjectNode json = (ObjectNode) JsonFiles.read(source.folder().resolve(name));
        for (String key : List.of("torch_dtype", "dtype")) {
            if (json.path(key).isTextual()) {
                json.put(key, "float32");
            }
        }
        long before = source.shapes().get(0).state();
        long state = state(model);
        if (state != before) {
            putState(source, json, state);
        }
        return new MergedConfig(name, json);
    }

    private static long state(LanguageModel model) {
        List<Long> states = model.layers().stream()
                .map(layer -> layer.shape().state())
                .distinct()
                .toList();
        if (states.size() > 1) {
            throw new InputException("layers have states of " + states
                    + " columns, and a configuration has one size for all of them; this model cannot be merged");
        }
        return states.get(0);
    }

    private static void putState(Checkpoint source, ObjectNode json, long state) {
        switch (source.layout()) {
            case HUGGING_FACE -> json.put("state_size", state);
            case STATE_SPACES -> json.withObject("/ssm_cfg").put("d_state", state);
            case CODESTRAL ->
                throw new InputException(source.folder() + ": the state has " + state + " columns, but params.json"
                        + " has no key for it; use the model in the Hugging Face layout");
        }
    }

    void write(Path folder) throws IOException {
        Files.writeString(folder.resolve(name), JSON.writeValueAsString(json) + "\n");
    }
}
