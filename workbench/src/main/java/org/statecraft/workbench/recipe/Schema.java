package org.statecraft.workbench.recipe;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a record component says about its key in a recipe.
 *
 * <p>A component without {@link Default} and {@link OrNull} is required; a required list holds at least one element.
 * Keys are the component names in kebab case.
 */
final class Schema {
    private Schema() {}

    /** The value of a key that is not given, written as in YAML; <code>[]</code> is the empty list, <code>{}</code> the empty mapping. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface Default {
        /** Stands for the number of processors of this machine. */
        String PROCESSORS = "processors";

        String value();
    }

    /** A key that may be left out or empty; its component is then null. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface OrNull {}

    /** A mapping of texts in which numbers and lists of them may stand as well; they are kept as they are spelled, with commas. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface AsSpelled {}

    /** Bounds of a number, inclusive unless said otherwise. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface Range {
        double min() default Double.NEGATIVE_INFINITY;

        double max() default Double.POSITIVE_INFINITY;

        /** Excludes {@link #min} itself. */
        boolean above() default false;

        /** Excludes {@link #max} itself. */
        boolean below() default false;
    }

    /** The form of a text, with the words that describe it to a person. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface Matches {
        String value();

        String says();
    }

    /** A closed choice of records: how the YAML tells which of them is meant. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.TYPE)
    @interface Choice {
        Teller value();

        /** What one of them is called in messages. */
        String noun();
    }

    /** Where the name of a chosen record stands. */
    enum Teller {
        /** {@code name: {...}}, the only key of its mapping. */
        KEY,
        /** {@code {type: name, ...}}. */
        TYPE
    }

    /** The name of a chosen record, or of an enum constant whose name is not its own in kebab case. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.TYPE, ElementType.FIELD})
    @interface Named {
        String value();
    }
}
