package org.statecraft.workbench.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where the documents of two evaluations of a task differ. Documents belong together by their hash (of several with the same
 * hash, in the order of their ids); those left over, by their id.
 *
 * @param pairs those that differ, in the order of their ids
 */
record DocumentDifferences(List<Pair> pairs, int baseSize, int otherSize) {
    private static final int SHOWN = 3;

    /** One of the hashes of a document. */
    private enum Kind {
        DOCUMENT("doc_hash"),
        PROMPT("prompt_hash"),
        TARGET("target_hash");

        private final String key;

        Kind(String key) {
            this.key = key;
        }

        private String of(Document document) {
            return switch (this) {
                case DOCUMENT -> document.hash();
                case PROMPT -> document.promptHash();
                case TARGET -> document.targetHash();
            };
        }
    }

    /** Two documents of which a hash differs; one is null if it has no counterpart. */
    record Pair(Document base, Document other) {
        private boolean differsIn(Kind kind) {
            if (base == null || other == null) {
                return kind == Kind.DOCUMENT;
            }
            String hash = kind.of(base);
            String otherHash = kind.of(other);
            return hash != null && otherHash != null && !hash.equals(otherHash);
        }

        private boolean differs() {
            return Stream.of(Kind.values()).anyMatch(this::differsIn);
        }

        /** The keys of the hashes that differ: doc_hash, prompt_hash, target_hash. */
        List<String> differing() {
            return Stream.of(Kind.values())
                    .filter(this::differsIn)
                    .map(kind -> kind.key)
                    .toList();
        }

        private long id() {
            return base == null ? other.id() : base.id();
        }

        private String text(String baseLetter, String otherLetter) {
            return (base == null || other == null || base.id() == other.id()
                            ? "doc_id " + id()
                            : "doc_id " + base.id() + " and " + other.id())
                    + ": "
                    + Stream.of(Kind.values())
                            .filter(this::differsIn)
                            .map(kind -> kind.key + " " + sides(kind, baseLetter, otherLetter))
                            .collect(Collectors.joining(", "));
        }

        private String sides(Kind kind, String baseLetter, String otherLetter) {
            if (base == null || other == null) {
                Document only = base == null ? other : base;
                return ScoreRows.shortened(kind.of(only)) + " only in " + (base == null ? otherLetter : baseLetter);
            }
            return ScoreRows.shortened(kind.of(base)) + " in " + baseLetter + " and "
                    + ScoreRows.shortened(kind.of(other)) + " in " + otherLetter;
        }
    }

    /** @throws IllegalArgumentException if there are documents without hash */
    static DocumentDifferences between(Documents base, Documents other) {
        if (!base.hashed() || !other.hashed()) {
            throw new IllegalArgumentException("documents without hash cannot be told apart");
        }
        List<Pair> pairs = new ArrayList<>();
        List<Document> onlyBase = new ArrayList<>();
        List<Document> onlyOther = new ArrayList<>();
        int b = 0;
        int o = 0;
        while (b < base.size() || o < other.size()) {
            Document left = b < base.size() ? base.inOrder().get(b) : null;
            Document right = o < other.size() ? other.inOrder().get(o) : null;
            int order = left == null ? 1 : right == null ? -1 : left.hash().compareTo(right.hash());
            if (order == 0) {
                pairs.add(new Pair(left, right));
            } else if (order < 0) {
                onlyBase.add(left);
            } else {
                onlyOther.add(right);
            }
            b += order <= 0 ? 1 : 0;
            o += order >= 0 ? 1 : 0;
        }
        pairs.addAll(byId(onlyBase, onlyOther));
        return new DocumentDifferences(
                pairs.stream()
                        .filter(Pair::differs)
                        .sorted(Comparator.comparingLong(Pair::id))
                        .toList(),
                base.size(),
                other.size());
    }

    private static List<Pair> byId(List<Document> onlyBase, List<Document> onlyOther) {
        Map<Long, Document> others = new LinkedHashMap<>();
        List<Pair> pairs = new ArrayList<>();
        for (Document document : onlyOther) {
            if (others.putIfAbsent(document.id(), document) != null) {
                pairs.add(new Pair(null, document));
            }
        }
        onlyBase.forEach(document -> pairs.add(new Pair(document, others.remove(document.id()))));
        others.values().forEach(document -> pairs.add(new Pair(null, document)));
        return pairs;
    }

    boolean isEmpty() {
        return pairs.isEmpty();
    }

    /** How many documents, prompts and targets differ, and the first few of them by id. */
    String text(String base, String other) {
        List<String> counts = new ArrayList<>();
        List<Pair> sameDocuments =
                pairs.stream().filter(pair -> !pair.differsIn(Kind.DOCUMENT)).toList();
        if (sameDocuments.size() < pairs.size()) {
            counts.add("the documents differ: "
                    + count(pair -> pair.base() != null) + " of " + baseSize + " in " + base + " and "
                    + count(pair -> pair.other() != null) + " of " + otherSize + " in " + other
                    + " have a doc_hash that the other lacks");
        }
        for (Kind kind : List.of(Kind.PROMPT, Kind.TARGET)) {
            long differing =
                    sameDocuments.stream().filter(pair -> pair.differsIn(kind)).count();
            if (differing > 0) {
                counts.add("the " + kind.key + " of " + differing + " of " + baseSize + " documents differs");
            }
        }
        String examples =
                pairs.stream().limit(SHOWN).map(pair -> pair.text(base, other)).collect(Collectors.joining("; "));
        int more = pairs.size() - SHOWN;
        return String.join("; ", counts) + " (" + examples + (more > 0 ? "; and " + more + " more" : "") + ")";
    }

    /** How many of the pairs without a common document have that side. */
    private long count(Predicate<Pair> side) {
        return pairs.stream()
                .filter(pair -> pair.differsIn(Kind.DOCUMENT))
                .filter(side)
                .count();
    }
}
