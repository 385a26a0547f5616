package org.statecraft.eval.probes;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A question in text with a known answer.
 *
 * @param prompt what the model reads; it does not end in a blank
 * @param choices continuations of the prompt to rank by likelihood, each beginning with a blank; empty where only writing is asked for
 * @param gold which of them is right, or -1 where there is none
 * @param expected what a right answer says
 * @param match how an answer is held against that
 * @param stop texts that end an answer
 * @param maxTokens most tokens of an answer
 */
public record ProbeQuestion(
        String prompt,
        List<String> choices,
        int gold,
        List<String> expected,
        Match match,
        List<String> stop,
        int maxTokens,
        ProbeSlice slice) {

    public ProbeQuestion {
        choices = List.copyOf(choices);
        expected = List.copyOf(expected);
        stop = List.copyOf(stop);
    }

    /** How a written answer is held against what is expected. */
    public enum Match {
        /** The share of expected texts that occur in it, in small or capital letters. */
        CONTAINS {
            @Override
            double score(List<String> expected, String written) {
                String lower = written.toLowerCase(Locale.ROOT);
                long found = expected.stream()
                        .filter(text -> lower.contains(text.toLowerCase(Locale.ROOT)))
                        .count();
                return found / (double) expected.size();
            }
        },
        /** 1 when its first line, without blanks around it, is the expected text. */
        LINE {
            @Override
            double score(List<String> expected, String written) {
                return written.lines().findFirst().orElse("").strip().equals(expected.get(0)) ? 1 : 0;
            }
        },
        /** 1 when it begins with the expected text, blanks before it aside. */
        START {
            @Override
            double score(List<String> expected, String written) {
                return written.stripLeading().startsWith(expected.get(0)) ? 1 : 0;
            }
        };

        abstract double score(List<String> expected, String written);
    }

    /** The score of a written answer, from 0 to 1. */
    public double score(String written) {
        return match.score(expected, written);
    }

    /**
     * The rank of the right choice by likelihood, 1 for the likeliest. Equally likely wrong ones come before it, so that a model that tells
     * nothing apart does not pass.
     *
     * @param logLikelihoods of the choices
     */
    public int rank(double[] logLikelihoods) {
        if (logLikelihoods.length != choices.size() || gold < 0) {
            throw new IllegalArgumentException(
                    logLikelihoods.length + " likelihoods of " + choices.size() + " choices");
        }
        return 1
                + (int) IntStream.range(0, logLikelihoods.length)
                        .filter(choice -> choice != gold && !(logLikelihoods[choice] < logLikelihoods[gold]))
                        .count();
    }
}
