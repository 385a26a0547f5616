package org.statecraft.eval.scoring;

import java.util.List;
import org.statecraft.model.generate.BeamOptions;

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
     * Which token is the likeliest after a prompt, of all that the model has? Labels are single tokens; any other is a wrong answer.
     *
     * @param prefix is made into tokens by itself, before the prompt; empty for none
     * @param labels that a right answer is one of
     */
    record Label(String prefix, String prompt, List<String> labels) implements Request {
        public Label {
            labels = List.copyOf(labels);
        }

        @Override
        public List<String> arguments() {
            return List.of(prefix + prompt);
        }
    }

    /**
     * What does the model write after a prompt?
     *
     * @param prefix is made into tokens by itself, before the prompt; empty for none
     */
    record Generate(String prefix, String prompt, BeamOptions search) implements Request {
        @Override
        public List<String> arguments() {
            return List.of(prefix + prompt);
        }
    }

    /** How likely is the whole {@code text}, each token given what precedes it within the model's length? */
    record Rolling(String text) implements Request {
        @Override
        public List<String> arguments() {
            return List.of(text);
        }
    }
}
