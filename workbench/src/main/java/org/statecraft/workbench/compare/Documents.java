package org.statecraft.workbench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.statecraft.model.InputException;
import org.statecraft.model.files.IoFailures;

/**
 * The documents that one evaluation scored in one task, with the score of each: a {@code samples_<task>*.jsonl} file in the
 * layout of lm-evaluation-harness, packed with gzip or not. They stand in the order of their hashes and, where a hash occurs
 * twice, of their ids; so those of two evaluations pair up by position.
 */
public final class Documents {
    private static final Pattern UNFIT_FOR_FILE_NAMES = Pattern.compile("[\"<>:/|\\\\?*\\[\\]]+");
    private static final Comparator<Document> ORDER = Comparator.comparing(
                    Document::hash, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparingLong(Document::id);

    private final List<Document> documents;

    private Documents(List<Document> documents) {
        this.documents = documents;
    }

    /**
     * The documents of a task in the newest fitting file of a folder.
     *
     * @return null if there is none
     * @throws InputException with file and line if a line is no sample
     */
    public static Documents find(Path folder, String task) {
        // the harness adds the time; the digit keeps "lambada" from finding "samples_lambada_openai.jsonl"
        return find(folder, task, "(_\\d.*)?");
    }

    /** The same for the file with this time in its name. */
    static Documents ofTime(Path folder, String task, String time) {
        return find(folder, task, "_" + Pattern.quote(time));
    }

    private static Documents find(Path folder, String task, String time) {
        if (!Files.isDirectory(folder)) {
            return null;
        }
        String safe = UNFIT_FOR_FILE_NAMES.matcher(task).replaceAll("__");
        Pattern name = Pattern.compile("samples_" + Pattern.quote(safe) + time + "\\.jsonl(\\.gz)?");
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            path -> name.matcher(path.getFileName().toString()).matches())
                    .max(Comparator.naturalOrder())
                    .map(Documents::read)
                    .orElse(null);
        } catch (IOException e) {
            throw IoFailures.reading(folder, e);
        }
    }

    private static Documents read(Path file) {
        List<Document> documents = new ArrayList<>(SampleFile.read(file));
        documents.sort(ORDER);
        return new Documents(documents);
    }

    public int size() {
        return documents.size();
    }

    /** Whether every document has a hash, without which nothing pairs up. */
    public boolean hashed() {
        return documents.stream().allMatch(document -> document.hash() != null);
    }

    /** Whether both hold the same documents, each as often; false where hashes are missing. */
    public boolean sameAs(Documents other) {
        return hashed() && hashes().equals(other.hashes());
    }

    private List<String> hashes() {
        return documents.stream().map(Document::hash).collect(Collectors.toList());
    }

    /** Whether the hashes of document, prompt and target are all there. */
    boolean hashesComplete() {
        return documents.stream().allMatch(Document::hashesComplete);
    }

    List<Document> inOrder() {
        return documents;
    }

    /**
     * The value of the metric for each document, as many parts as given; a row is null where the metric does not count the
     * document.
     *
     * @return null if a document has nothing of that kind, as with a metric of labels or texts
     */
    double[][] values(String metric, int parts) {
        double[][] values = new double[documents.size()][];
        for (int i = 0; i < values.length; i++) {
            double[] value = documents.get(i).scores().get(metric);
            if (value != Document.NOT_COUNTED) {
                if (value == null || value.length != parts) {
                    return null;
                }
                values[i] = value;
            }
        }
        return Stream.of(values).anyMatch(Objects::nonNull) ? values : null;
    }
}
