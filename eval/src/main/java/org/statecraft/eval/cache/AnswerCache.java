package org.statecraft.eval.cache;

import java.util.Map;
import org.statecraft.eval.scoring.GenerationSettings;
import org.statecraft.eval.scoring.Request;
import org.statecraft.eval.scoring.Response;
import org.statecraft.model.files.Hashes;

/**
 * Answers that a model has given before, so that an evaluation that was killed goes on where it was and a repeated one asks nothing.
 *
 * <p>An answer belongs to a model with its adapters and whatever else decides it, and to the key of its request: see {@link #key}.
 */
public interface AnswerCache {
    /** Remembers nothing. */
    AnswerCache NONE = new AnswerCache() {
        @Override
        public Response get(String key) {
            return null;
        }

        @Override
        public void put(String key, Response answer) {
            // forgotten
        }

        @Override
        public void commit() {
            // nothing to store
        }
    };

    /** The answer to a request, or null. */
    Response get(String key);

    /** Takes an answer; it is kept from the next {@link #commit} on. */
    void put(String key, Response answer);

    /** Stores what was put since the last time, all of it or nothing. */
    void commit();

    /** SHA-256 of a request with the version of the task that asks it. */
    static String key(String taskVersion, Request request) {
        StringBuilder text = new StringBuilder(taskVersion)
                .append('\0')
                .append(request.getClass().getSimpleName());
        request.arguments().forEach(argument -> text.append('\0').append(argument));
        if (request instanceof Request.Rolling rolling) {
            text.append('\0').append(rolling.windows());
        }
        if (request instanceof Request.Generate generate) {
            GenerationSettings how = generate.how();
            text.append('\0').append(generate.prefix().length()).append('\0').append(how);
        }
        return Hashes.sha256(text.toString());
    }

    /** What decides answers besides their requests, in the order in which it is written down. */
    static String identity(Map<String, String> facts) {
        return Hashes.sha256(facts.toString());
    }
}
