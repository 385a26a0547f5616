package org.statecraft.eval.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.statecraft.model.records.DataRecord;
import org.statecraft.model.records.Mistakes;
import org.statecraft.model.records.RecordFormat;
import org.statecraft.model.records.RecordSource;
import org.statecraft.model.records.References;

/** All loaders by name. */
final class Loaders {
    static final Map<String, Loader> ALL = Map.ofEntries(
            // formats of the library datasets
            Map.entry("json", Loader.of((file, options, before, mistakes) -> read(RecordSource.json(file), mistakes))),
            Map.entry("csv", Loader.of(CsvRows::read, "delimiter", "sep", "column_names", "quoting")),
            Map.entry("text", Loader.of(TextRows::read, "sample_by")),
            Map.entry("parquet", Loader.of((file, options, before, mistakes) -> RowReaders.read("parquet", file))),
            // files as their authors or a mirror released them
            Map.entry("hellaswag_text", Loader.of(HellaswagText::read)),
            Map.entry("wikitext_pages", Loader.of(WikitextPages::read)),
            Map.entry("wikitext_joined", Loader.of(WikitextJoined::read)),
            Map.entry("piqa_files", Loader.of(PiqaFiles::read).with(PiqaFiles::files)),
            Map.entry("arc_instructions", made(RecordSource::json, ChoiceRows::arc)),
            Map.entry("openbookqa_jsonl", made(RecordSource::json, ChoiceRows::openbookqa)),
            Map.entry("boolq_jsonl", made(RecordSource::json, ChoiceRows::boolq)),
            Map.entry("winogrande_jsonl", made(RecordSource::json, ChoiceRows::winogrande)),
            Map.entry("cola_tsv", made(Loaders::cola, GlueRows::sentence)),
            Map.entry("sst2_tsv", made(Loaders::unquoted, GlueRows::sentence)),
            Map.entry("mrpc_txt", made(Loaders::unquoted, GlueRows::mrpc)),
            Map.entry("qnli_tsv", made(Loaders::unquoted, GlueRows::qnli)),
            Map.entry("rte_tsv", made(Loaders::unquoted, GlueRows::rte)),
            Map.entry("dart", made(Loaders::dart, WrittenRows::dart)),
            Map.entry(
                    "spider",
                    Loader.of((file, options, before, mistakes) -> read(spider(file), mistakes))
                            .with(file -> spider(file).files())),
            Map.entry("samsum", made(RecordSource::json, WrittenRows::samsum)));

    private Loaders() {}

    /** Rows made one by one of the records of a file. */
    private static Loader made(Function<Path, RecordSource> source, RowMaker maker) {
        return Loader.of((file, options, before, mistakes) -> {
            List<DataRecord> rows = new ArrayList<>();
            int index = before;
            for (DataRecord record : read(source.apply(file), mistakes)) {
                try {
                    rows.add(new DataRecord(record.file(), record.line(), maker.row(new Fields(record), index)));
                } catch (UnusableRecordException e) {
                    mistakes.add(e.kind(), record, e.getMessage());
                }
                index++;
            }
            return rows;
        });
    }

    private static List<DataRecord> read(RecordSource source, Mistakes mistakes) {
        return source.read(mistakes);
    }

    private static RecordSource unquoted(Path file) {
        return RecordSource.of(file, RecordFormat.TSV_UNQUOTED);
    }

    private static RecordSource cola(Path file) {
        List<String> columns = List.of("source", "label", "mark", "sentence");
        return new RecordSource(file, RecordFormat.TSV_UNQUOTED, columns, References.APART);
    }

    private static RecordSource dart(Path file) {
        return new RecordSource(file, RecordFormat.DART, List.of(), References.TOGETHER);
    }

    private static RecordSource spider(Path file) {
        return RecordSource.of(file, RecordFormat.SPIDER);
    }
}
