package org.statecraft.eval.tasks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.statecraft.model.NearestNames;

/** The keys of a mapping in a task file. A value of the wrong kind is reported and read as if it were not there. */
final class TaskKeys {
    private final Map<String, Object> values;
    private final String path;
    private final TaskProblems problems;

    TaskKeys(Map<String, Object> values, String path, TaskProblems problems) {
        this.values = values;
        this.path = path;
        this.problems = problems;
    }

    Map<String, Object> all() {
        return values;
    }

    boolean has(String key) {
        return values.get(key) != null;
    }

    String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    void missing(String key, String expected) {
        problems.report(path, "missing key " + key, expected, null);
    }

    void check(String key, boolean right, String found, String expected) {
        if (!right) {
            problems.report(path(key), found, expected, null);
        }
    }

    /** Reports keys that are not known. */
    void expectOnly(List<String> known) {
        for (String key : values.keySet()) {
            if (!known.contains(key)) {
                problems.report(
                        path(key),
                        "unknown key '" + key + "'",
                        "one of " + String.join(", ", known),
                        nearest(key, known));
            }
        }
    }

    String text(String key, String otherwise) {
        Object value = values.get(key);
        if (value == null || value instanceof Map || value instanceof List || value instanceof FunctionName) {
            return value == null ? otherwise : wrong(key, "a text", otherwise);
        }
        return String.valueOf(value);
    }

    int integer(String key, int otherwise) {
        Object value = values.get(key);
        if (value == null || value instanceof Integer) {
            return value == null ? otherwise : (Integer) value;
        }
        return wrong(key, "a whole number", otherwise);
    }

    double number(String key, double otherwise) {
        Object value = values.get(key);
        if (value == null || value instanceof Number) {
            return value == null ? otherwise : ((Number) value).doubleValue();
        }
        return wrong(key, "a number", otherwise);
    }

    boolean truth(String key, boolean otherwise) {
        Object value = values.get(key);
        if (value == null || value instanceof Boolean) {
            return value == null ? otherwise : (Boolean) value;
        }
        return wrong(key, "true or false", otherwise);
    }

    /** A list of texts; a single text is a list of one. */
    List<String> texts(String key) {
        Object value = values.get(key);
        if (value instanceof List<?> list) {
            List<String> texts = new ArrayList<>();
            for (Object element : list) {
                texts.add(
                        element instanceof Map || element instanceof List || element == null ? "" : element.toString());
            }
            return texts;
        }
        String text = text(key, null);
        return text == null ? List.of() : List.of(text);
    }

    /** A mapping, empty where there is none. */
    TaskKeys map(String key) {
        Object value = values.get(key);
        if (value == null || value instanceof Map) {
            return new TaskKeys(value == null ? Map.of() : keyed(value), path(key), problems);
        }
        return wrong(key, "a mapping", new TaskKeys(Map.of(), path(key), problems));
    }

    /** A list of mappings. */
    List<TaskKeys> maps(String key) {
        List<TaskKeys> maps = new ArrayList<>();
        if (values.get(key) instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                String place = path(key) + "[" + i + "]";
                if (list.get(i) instanceof Map) {
                    maps.add(new TaskKeys(keyed(list.get(i)), place, problems));
                } else {
                    problems.report(place, "found " + describe(list.get(i)), "a mapping", null);
                }
            }
            return maps;
        }
        return wrong(key, "a list", maps);
    }

    @SuppressWarnings("unchecked") // the keys of YAML mappings are read as texts
    private static Map<String, Object> keyed(Object map) {
        return (Map<String, Object>) map;
    }

    /** One of some constants, required. */
    <T> T choice(String key, T[] constants, Function<T, String> name) {
        List<String> known = Arrays.stream(constants).map(name).toList();
        String text = text(key, null);
        if (text == null) {
            missing(key, "one of " + String.join(", ", known));
            return null;
        }
        int at = known.indexOf(text);
        if (at < 0) {
            problems.report(
                    path(key), "found '" + text + "'", "one of " + String.join(", ", known), nearest(text, known));
            return null;
        }
        return constants[at];
    }

    private <T> T wrong(String key, String expected, T otherwise) {
        problems.report(path(key), "found " + describe(values.get(key)), expected, null);
        return otherwise;
    }

    static String describe(Object value) {
        if (value == null) {
            return "nothing";
        } else if (value instanceof Map) {
            return "a mapping";
        } else if (value instanceof List) {
            return "a list";
        } else if (value instanceof FunctionName function) {
            return "the function " + function.name();
        }
        return "'" + value + "'";
    }

    static String nearest(String name, List<String> known) {
        return NearestNames.to(name, known).stream().findFirst().orElse(null);
    }
}
