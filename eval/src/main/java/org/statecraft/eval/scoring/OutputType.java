package org.statecraft.eval.scoring;

import java.util.List;
import java.util.Locale;

/** The kinds of questions that a task asks, one kind for each task. */
public enum OutputType {
    LOGLIKELIHOOD {
        @Override
        public List<LogLikelihood> ask(Scorer scorer, List<Request> requests, Progress progress) {
            return scorer.logLikelihood(
                    requests.stream().map(Request.Continuation.class::cast).toList(), progress);
        }
    },
    LOGLIKELIHOOD_ROLLING {
        @Override
        public List<RollingLogLikelihood> ask(Scorer scorer, List<Request> requests, Progress progress) {
            return scorer.rolling(
                    requests.stream().map(Request.Rolling.class::cast).toList(), progress);
        }
    },
    /** The likeliest token of the whole vocabulary, which may be one of some labels. */
    LABEL {
        @Override
        public List<LabelAnswer> ask(Scorer scorer, List<Request> requests, Progress progress) {
            return scorer.label(requests.stream().map(Request.Label.class::cast).toList(), progress);
        }
    },
    GENERATE_UNTIL {
        @Override
        public List<WrittenAnswer> ask(Scorer scorer, List<Request> requests, Progress progress) {
            return scorer.generate(
                    requests.stream().map(Request.Generate.class::cast).toList(), progress);
        }
    };

    /** Puts requests of this kind to a scorer. */
    public abstract List<? extends Response> ask(Scorer scorer, List<Request> requests, Progress progress);

    /** As task files and result files write it. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
