package org.statecraft.model;

/**
 * Something from outside the program is not usable: a file, a recipe, a text, a folder.
 *
 * <p>The message is complete and meant for a person: it names the place (file, line, tensor), what was found, what was
 * expected and what to do next. The command line prints it without a stack trace and ends with exit code 1.
 */
public class InputException extends RuntimeException {
    public InputException(String message) {
        super(message);
    }

    public InputException(String message, Throwable cause) {
        super(message, cause);
    }
}
