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

    private final Path file;
    private final List<Document> documents;

    private Documents(Path file, List<Document> documents) {
        this.file = file;
        this.documents = documents;
    }

    /** Null if there is no file of the task in the folder. */
    static Documents find(Path folder, String task) {
        Path file = file(folder, task);
        return file == null ? null : read(file);
    }

    /** The newest samples file of a task in a folder; null if there is none. */
    public static Path file(Path folder, String task) {
        // the harness adds the time; the digit keeps "lambada" from finding "samples_lambada_openai.jsonl"
        return file(folder, task, "(_\\d.*)?");
    }

    /** The one with this time in its name. */
    static Path fileOfTime(Path folder, String task, String time) {
        return file(folder, task, "_" + Pattern.quote(time));
    }

    private static Path file(Path folder, String task, String time) {
        if (!Files.isDirectory(folder)) {
            return null;
        }
        String safe = UNFIT_FOR_FILE_NAMES.matcher(task).replaceAll("__");
        Pattern name = Pattern.compile("samples_" + Pattern.quote(safe) + time + "\\.jsonl(\\.gz)?");
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            path -> name.matcher(path.getFileName().toString()).matches())
                    .max(Comparator.naturalOrder())
                    .orElse(null);
        } catch (IOException e) {
            throw IoFailures.reading(folder, e);
        }
    }

    /**
     * Reads a samples file.
     *
     * @throws InputException with file and line if a line is no sample
     */
    public static Documents read(Path file) {
        List<Document> documents = new ArrayList<>(SampleFile.read(file));
        documents.sort(ORDER);
        return new Documents(file, documents);
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
        return hashed() && other.hashed() && hashes().equals(other.hashes());
    }

    /**
     * The hash of each document, in their order.
     *
     * @throws InputException if one has none
     */
    public List<String> hashes() {
        if (!hashed()) {
            throw new InputException(file + ": samples without \"doc_hash\", as older versions of lm-evaluation-harness"
                    + " wrote them; their documents cannot be told apart. Evaluate again with a newer version");
        }
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
