package org.statecraft.workbench.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** The list of documents that differ, for programs: A is the first column of the comparison, B each other one. */
final class DifferingDocuments {
    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setRecordSeparator('\n')
            .setHeader(
                    "evaluation",
                    "task",
                    "A",
                    "B",
                    "doc_id A",
                    "doc_id B",
                    "doc_hash A",
                    "doc_hash B",
                    "prompt_hash A",
                    "prompt_hash B",
                    "target_hash A",
                    "target_hash B",
                    "differing")
            .get();

    private DifferingDocuments() {}

    static String csv(List<Compared> all, Map<Evidence.Scores, DocumentDifferences> differences) {
        StringBuilder out = new StringBuilder();
        try (CSVPrinter csv = new CSVPrinter(out, FORMAT)) {
            for (Map.Entry<Evidence.Scores, DocumentDifferences> entry : differences.entrySet()) {
                Evidence.Scores scores = entry.getKey();
                for (DocumentDifferences.Pair pair : pairs(entry.getValue())) {
                    List<Object> line = new ArrayList<>(List.of(
                            scores.title(),
                            scores.task(),
                            all.get(0).id(),
                            all.get(scores.column()).id()));
                    for (Function<Document, Object> part : List.<Function<Document, Object>>of(
                            Document::id, Document::hash, Document::promptHash, Document::targetHash)) {
                        line.addAll(Arrays.asList(of(pair.base(), part), of(pair.other(), part)));
                    }
                    line.add(String.join(" ", pair.differing()));
                    csv.printRecord(line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    private static List<DocumentDifferences.Pair> pairs(DocumentDifferences differences) {
        return differences == null ? List.of() : differences.pairs();
    }

    private static Object of(Document document, Function<Document, Object> part) {
        return document == null ? null : part.apply(document);
    }
}
