package org.statecraft.workbench.recipe;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.representer.StandardRepresenter;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import org.statecraft.workbench.recipe.Schema.Choice;
import org.statecraft.workbench.recipe.Schema.Teller;

/** Writes records as the YAML that {@link Binder} reads. */
final class RecipeWriter {
    private RecipeWriter() {}

    static String toYaml(Recipe recipe) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setSchema(new CoreSchema())
                .setWidth(1 << 16)
                .setSplitLines(false)
                .setIndicatorIndent(2)
                .setIndentWithIndicator(true)
                .build();
        return new Dump(settings, new Representer(settings)).dumpToString(toMap(recipe));
    }

    /** A record as maps, lists, numbers and texts; keys without a value are left out. */
    static Map<String, Object> toMap(Record bound) {
        Map<String, Object> keys = new LinkedHashMap<>();
        Teller teller = teller(bound.getClass());
        if (teller == Teller.TYPE) {
            keys.put("type", Names.of(bound.getClass()));
        }
        for (RecordComponent component : bound.getClass().getRecordComponents()) {
            Object value = value(bound, component);
            if (value != null) {
                keys.put(Names.kebab(component.getName()), plain(value));
            }
        }
        return teller == Teller.KEY ? Map.of(Names.of(bound.getClass()), keys) : keys;
    }

    private static Object plain(Object value) {
        if (value instanceof Record bound) {
            return toMap(bound);
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> plain = new LinkedHashMap<>();
            map.forEach((key, text) -> plain.put(key, plain(text)));
            return plain;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(RecipeWriter::plain).collect(Collectors.toCollection(ArrayList::new));
        }
        return value instanceof Enum<?> constant ? Names.of(constant) : value;
    }

    /** Quotes texts of several lines: a block of lines cannot hold every text that starts with white space. */
    private static final class Representer extends StandardRepresenter {
        Representer(DumpSettings settings) {
            super(settings);
            representers.put(String.class, value -> {
                String text = (String) value;
                boolean lines = !text.equals(text.strip()) || text.contains("\n");
                return representScalar(Tag.STR, text, lines ? ScalarStyle.DOUBLE_QUOTED : ScalarStyle.PLAIN);
            });
        }
    }

    private static Teller teller(Class<?> type) {
        for (Class<?> face : type.getInterfaces()) {
            Choice choice = face.getAnnotation(Choice.class);
            if (choice != null) {
                return choice.value();
            }
        }
        return null;
    }

    private static Object value(Record bound, RecordComponent component) {
        try {
            return component.getAccessor().invoke(bound);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
