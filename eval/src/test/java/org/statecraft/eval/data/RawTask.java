package org.statecraft.eval.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.statecraft.model.testing.Fixtures;

/**
 * A task of the harness and the released files that it is evaluated on.
 *
 * @param documents in the whole files
 */
record RawTask(String name, String loader, int documents, List<String> files) {
    static final List<RawTask> ALL = List.of(
            of("lambada_openai", "json", 5153, "lambada_openai/lambada_test.jsonl"),
            of("hellaswag", "hellaswag_text", 10042, "hellaswag/hellaswag_val_full.txt.gz"),
            of("piqa", "piqa_files", 1838, "piqa/valid.jsonl"),
            of("arc_easy", "arc_instructions", 2376, "arc/arc_easy_test.json.gz"),
            of("arc_challenge", "arc_instructions", 1172, "arc/arc_challenge_test.json.gz"),
            of("winogrande", "winogrande_jsonl", 1267, "winogrande/dev.jsonl"),
            of("openbookqa", "openbookqa_jsonl", 500, "openbookqa/openbook_qa.jsonl"),
            of("boolq", "boolq_jsonl", 3270, "boolq/boolq.jsonl.gz"),
            of("cola", "cola_tsv", 1043, "glue/CoLA/in_domain_dev.tsv", "glue/CoLA/out_of_domain_dev.tsv"),
            of("sst2", "sst2_tsv", 872, "glue/SST-2/dev.tsv"),
            of("mrpc", "mrpc_txt", 1725, "glue/MRPC/msr_paraphrase_test.txt"),
            of("rte", "rte_tsv", 277, "glue/RTE/dev.tsv"),
            of("qnli", "qnli_tsv", 5463, "glue/QNLI/dev.tsv"),
            of("wikitext", "wikitext_pages", 62, "wikitext/wiki.test.raw"));

    private static RawTask of(String name, String loader, int documents, String... files) {
        return new RawTask(name, loader, documents, List.of(files));
    }

    /** The beginnings that ship, and the whole files where the property {@code statecraft.data} names their folder. */
    static Stream<Path> folders() {
        String whole = System.getProperty("statecraft.data");
        return Stream.concat(
                Stream.of(Fixtures.dir("eval", "raw")),
                Stream.ofNullable(whole).map(Path::of).filter(Files::isDirectory));
    }

    static boolean isWhole(Path folder) {
        return !folder.equals(Fixtures.dir("eval", "raw"));
    }

    List<ObjectNode> rows(Path folder) {
        return Dataset.rows(
                loader, Map.of(), files.stream().map(folder::resolve).toList());
    }
}
