package org.statecraft.eval.scoring;

import java.util.List;

/** A question to a model, in text. */
public sealed interface Request {
    /** The texts of the question in the order in which result files list them; the first is the prompt. */
    List<String> arguments();

    /** How likely is {@code continuation} after {@code context}? */
    record Continuation(String context, String continuation) implements Request {
        @Override
        public List<String> arguments() {
            return List.of(context, continuation);
        }
    }

    /**
     * What does the model write after a prompt?
     *
     * @param prefix is made into tokens by itself, before the prompt; empty for none
     */
    record Generate(String prefix, String prompt, GenerationSettings how) implements Request {
        @Override
        public List<String> arguments() {
            return List.of(prefix + prompt);
        }
    }

    /**
     * What is to be answered at the positions of a sequence that ask something? A probe asks this of a model without the help of a
     * {@link Scorer}.
     *
     * @param symbols of the sequence, with blanks between them
     */
    record Symbols(String symbols) implements Request {
        @Override
        public List<String> arguments() {
            return List.of(symbols);
        }
    }

    /** How likely is the whole {@code text}, each token given what precedes it in its window? */
    record Rolling(String text, Windows windows) implements Request {
        @Override
        public List<String> arguments() {
            return List.of(text);
        }
    }
}
