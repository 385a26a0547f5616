package org.statecraft.workbench.run;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Events as JSON objects: {@code time} and {@code type} first, then the components of the record under their own names. */
final class EventJson {
    /** The names in files, which outlive those of the classes. */
    static final Map<String, Class<? extends Event>> TYPES = Map.ofEntries(
            Map.entry("run-started", Event.RunStarted.class),
            Map.entry("step-started", Event.StepStarted.class),
            Map.entry("note", Event.Note.class),
            Map.entry("train-progress", Event.TrainProgress.class),
            Map.entry("validation-scored", Event.ValidationScored.class),
            Map.entry("checkpoint-written", Event.CheckpointWritten.class),
            Map.entry("evaluation-progress", Event.EvaluationProgress.class),
            Map.entry("task-scored", Event.TaskScored.class),
            Map.entry("generated", Event.Generated.class),
            Map.entry("step-finished", Event.StepFinished.class),
            Map.entry("run-finished", Event.RunFinished.class));

    private static final Map<Class<? extends Event>, String> NAMES =
            TYPES.entrySet().stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new SimpleModule()
                    .addSerializer(Instant.class, ToStringSerializer.instance)
                    .addDeserializer(Instant.class, new InstantReader()))
            // a newer version may say more about an event, but what this version needs must be there
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private EventJson() {}

    static String write(Event event) {
        ObjectNode line = MAPPER.createObjectNode();
        line.put("time", event.time().toString());
        line.put("type", NAMES.get(event.getClass()));
        line.setAll((ObjectNode) MAPPER.valueToTree(event));
        return line.toString();
    }

    /** The event of one line, or nothing if a newer version wrote a type that this one does not know. */
    static Optional<Event> read(String line) throws JsonProcessingException {
        JsonNode node = MAPPER.readTree(line);
        if (!node.path("type").isTextual()) {
            throw new JsonProcessingException("no \"type\"") {};
        }
        Class<? extends Event> type = TYPES.get(node.get("type").textValue());
        return type == null ? Optional.empty() : Optional.of(MAPPER.treeToValue(node, type));
    }

    private static final class InstantReader extends StdDeserializer<Instant> {
        InstantReader() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            try {
                return Instant.parse(parser.getText());
            } catch (DateTimeException e) {
                throw context.weirdStringException(
                        parser.getText(), Instant.class, "not a time like 2026-11-22T10:15:03Z");
            }
        }
    }
}
