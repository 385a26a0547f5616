package org.statecraft.workbench.inspect;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.statecraft.model.Checkpoint;
import org.statecraft.model.InputException;
import org.statecraft.model.LayerShape;
import org.statecraft.model.files.JsonFiles;
import org.statecraft.model.safetensors.SafetensorsFile;
import org.statecraft.model.safetensors.TensorInfo;
import org.statecraft.peft.files.AdapterFiles;
import org.statecraft.workbench.table.Cell;
import org.statecraft.workbench.table.Formats;
import org.statecraft.workbench.table.Table;

/**
 * Reads headers only, so it is quick on files of any size and needs no native library. Tensors of different layers that share
 * name, shape and type are shown as one site.
 */
public final class Inspection {
    private static final List<Table.Column> COLUMNS = List.of(
            new Table.Column("site", Table.Kind.TEXT),
            new Table.Column("tensors", Table.Kind.NUMBER),
            new Table.Column("shape", Table.Kind.TEXT),
            new Table.Column("type", Table.Kind.TEXT),
            new Table.Column("parameters", Table.Kind.NUMBER),
            new Table.Column("share", Table.Kind.NUMBER),
            new Table.Column("bytes", Table.Kind.NUMBER));

    private Inspection() {}

    /**
     * Looks at a model folder, an adapter folder or a safetensors file.
     *
     * @param everyTensor one row for each tensor instead of one for each site
     * @throws InputException if it is none of these, or damaged
     */
    public static Table of(Path path, boolean everyTensor) {
        if (Files.isRegularFile(path)) {
            return file(path, everyTensor);
        }
        if (Files.isRegularFile(path.resolve(AdapterFiles.CONFIG))) {
            return adapter(path, everyTensor);
        }
        if (Files.isDirectory(path)) {
            return model(path, everyTensor);
        }
        throw new InputException(
                path + ": not there; expected a model folder, an adapter folder or a safetensors file");
    }

    private static Table file(Path path, boolean everyTensor) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            List<String> heading = new ArrayList<>();
            heading.add("safetensors file " + path + ", "
                    + Formats.counted(file.tensors().size(), "tensor"));
            file.metadata().forEach((key, value) -> heading.add("  " + key + ": " + value));
            return table(heading, file.tensors().values(), tensor -> true, everyTensor, List.of());
        }
    }

    private static Table adapter(Path folder, boolean everyTensor) {
        JsonNode config = JsonFiles.read(folder.resolve(AdapterFiles.CONFIG));
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(AdapterFiles.TENSORS))) {
            List<String> heading = new ArrayList<>();
            heading.add("adapter " + folder);
            config.fields().forEachRemaining(entry -> {
                if (!entry.getValue().isNull()) {
                    heading.add("  " + entry.getKey() + ": "
                            + (entry.getValue().isTextual() ? entry.getValue().textValue() : entry.getValue()));
                }
            });
            return table(heading, file.tensors().values(), tensor -> true, everyTensor, List.of());
        }
    }

    private static Table model(Path folder, boolean everyTensor) {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            List<LayerShape> shapes = checkpoint.shapes();
            LayerShape first = shapes.get(0);
            List<String> heading = List.of(
                    checkpoint.config().architecture() + " model " + folder + ", "
                            + checkpoint.layout().title() + " layout",
                    "  " + Formats.counted(shapes.size(), "layer")
                            + (shapes.stream().allMatch(first::equals) ? "" : " of different widths, the first")
                            + first.sizes().entrySet().stream()
                                    .map(size -> size.getKey() + " " + size.getValue())
                                    .collect(Collectors.joining(", ", ": ", "")),
                    "  vocabulary " + checkpoint.config().vocabSize() + ", "
                            + (checkpoint.tied() ? "head tied to the embedding" : "separate head"));
            long state = shapes.stream().mapToLong(LayerShape::stateBytes).sum();
            List<String> notes = new ArrayList<>();
            notes.add(Formats.count(checkpoint.parameterCount()) + " parameters");
            notes.add(Formats.count(state) + " bytes of state carried for each sequence, in float32");
            checkpoint.unusual().forEach(finding -> notes.add("unusual: " + finding));
            Predicate<TensorInfo> counts = tensor -> !checkpoint.repeatsEmbedding(tensor);
            return table(heading, checkpoint.tensors().tensors().values(), counts, everyTensor, notes);
        }
    }

    private record Site(String name, String shape, String type) {}

    /**
     * The table of sites.
     *
     * @param counts false for tensors whose parameters are those of another
     */
    private static Table table(
            List<String> heading,
            Collection<TensorInfo> tensors,
            Predicate<TensorInfo> counts,
            boolean everyTensor,
            List<String> notes) {
        Map<Site, List<TensorInfo>> sites = new LinkedHashMap<>();
        for (TensorInfo tensor : tensors) {
            String name = everyTensor ? tensor.name() : tensor.name().replaceAll("\\.\\d+\\.", ".*.");
            Site site = new Site(name, tensor.shape().toString(), tensor.dtype().name());
            sites.computeIfAbsent(site, s -> new ArrayList<>()).add(tensor);
        }
        long total = parameters(tensors.stream().filter(counts).toList());
        List<List<Cell>> rows = sites.entrySet().stream()
                .map(entry -> row(
                        entry.getKey(),
                        entry.getValue(),
                        entry.getValue().stream().allMatch(counts),
                        total))
                .collect(Collectors.toList());
        long bytes = tensors.stream().mapToLong(TensorInfo::bytes).sum();
        rows.add(List.of(
                new Cell.Text("all"),
                new Cell.Count(tensors.size()),
                Cell.EMPTY,
                Cell.EMPTY,
                new Cell.Count(total),
                Cell.EMPTY,
                new Cell.Bytes(bytes)));
        return new Table(heading, COLUMNS, List.of(new Table.Section("sites", "", rows)), notes);
    }

    private static List<Cell> row(Site site, List<TensorInfo> tensors, boolean counts, long total) {
        long parameters = parameters(tensors);
        return List.of(
                new Cell.Text(site.name),
                new Cell.Count(tensors.size()),
                new Cell.Text(site.shape),
                new Cell.Text(site.type),
                counts ? new Cell.Count(parameters) : Cell.EMPTY,
                !counts ? Cell.EMPTY : total == 0 ? Cell.MISSING : new Cell.Share((double) parameters / total),
                new Cell.Bytes(tensors.stream().mapToLong(TensorInfo::bytes).sum()));
    }

    private static long parameters(Collection<TensorInfo> tensors) {
        return tensors.stream().mapToLong(TensorInfo::elements).sum();
    }
}
