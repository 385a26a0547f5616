package org.statecraft.model.files;

import java.io.IOException;

/** A {@link java.util.function.Consumer} whose body may fail with an I/O error. */
@FunctionalInterface
public interface IOConsumer<T> {
    void accept(T value) throws IOException;
}
