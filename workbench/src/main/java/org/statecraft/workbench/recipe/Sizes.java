package org.statecraft.workbench.recipe;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;

/** Looks at and changes the whole-number keys of a method, by which it can be made larger or smaller. */
public final class Sizes {
    private Sizes() {}

    /** The keys of a method that hold a whole number. */
    public static List<String> keys(MethodSpec method) {
        return Arrays.stream(method.getClass().getRecordComponents())
                .filter(c -> c.getType() == int.class || c.getType() == Integer.class)
                .map(c -> Names.kebab(c.getName()))
                .toList();
    }

    /** The same method with another value under a key of {@link #keys}; with the rank of LoRA goes its alpha, so that the scale stays. */
    public static MethodSpec with(MethodSpec method, String key, int value) {
        if (method instanceof LoraSpec lora && key.equals("rank")) {
            double alpha = lora.alpha() * value / lora.rank();
            return new LoraSpec(lora.targets(), value, alpha, lora.variant(), lora.layers());
        }
        RecordComponent[] components = method.getClass().getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        try {
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                boolean meant = Names.kebab(components[i].getName()).equals(key);
                values[i] = meant ? (Object) value : components[i].getAccessor().invoke(method);
            }
            return (MethodSpec) method.getClass().getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(method + " with " + key + " = " + value, e);
        }
    }
}
