package org.statecraft.workbench.recipe;

import java.lang.reflect.Field;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.statecraft.model.NearestNames;
import org.statecraft.workbench.recipe.Schema.Named;

/** How Java names are spelled in recipes, and which of several names a misspelled one most likely means. */
final class Names {
    private Names() {}

    /** {@code learningRate} as {@code learning-rate}. */
    static String kebab(String camelCase) {
        StringBuilder kebab = new StringBuilder(camelCase.length() + 4);
        for (int i = 0; i < camelCase.length(); i++) {
            char c = camelCase.charAt(i);
            if (Character.isUpperCase(c)) {
                kebab.append('-');
            }
            kebab.append(Character.toLowerCase(c));
        }
        return kebab.toString();
    }

    /** The name of an enum constant in a recipe. */
    static String of(Enum<?> constant) {
        try {
            Field field = constant.getDeclaringClass().getField(constant.name());
            Named named = field.getAnnotation(Named.class);
            return named != null
                    ? named.value()
                    : constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The name of one record of a {@link Schema.Choice}. */
    static String of(Class<?> chosen) {
        return chosen.getAnnotation(Named.class).value();
    }

    /** {@code a, b or c}. */
    static String orList(Collection<String> names) {
        List<String> list = List.copyOf(names);
        if (list.size() < 2) {
            return String.join("", list);
        }
        return String.join(", ", list.subList(0, list.size() - 1)) + " or " + list.get(list.size() - 1);
    }

    /** The name closest to what was written, or null when none is close enough to be meant by it. */
    static String nearest(String written, Collection<String> names) {
        List<String> nearest = NearestNames.to(written, names);
        return nearest.isEmpty() ? null : nearest.get(0);
    }
}
