package org.statecraft.model.safetensors;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.Closeable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.statecraft.model.InputException;
import org.statecraft.model.safetensors.SafetensorsException.Kind;

/**
 * The weights of a model folder: {@code model.safetensors} (in Codestral's own layout
 * {@code consolidated.safetensors}), or several files that {@code model.safetensors.index.json} lists.
 * With an index, exactly the tensors that it names exist. Where both layouts are present the single file is read, as other
 * libraries do.
 */
public final class TensorStore implements Closeable {
    private static final String SINGLE = "model.safetensors";
    private static final String CODESTRAL = "consolidated.safetensors";
    private static final String PICKLE = "pytorch_model.bin";
    /** Bytes that are compared at once. */
    private static final long PIECE = 1L << 30;

    private final Path folder;
    private final List<SafetensorsFile> files;
    private final Map<String, SafetensorsFile> fileOf;
    private final Map<String, TensorInfo> tensors;

    private TensorStore(Path folder, List<SafetensorsFile> files, Map<String, SafetensorsFile> fileOf) {
        this.folder = folder;
        this.files = files;
        this.fileOf = fileOf;
        Map<String, TensorInfo> infos = new LinkedHashMap<>();
        fileOf.forEach((name, file) -> infos.put(name, file.info(name)));
        this.tensors = Collections.unmodifiableMap(infos);
    }

    /**
     * Opens all weight files of a folder and validates their headers and the index.
     *
     * @throws SafetensorsException when a file or the index breaks the format
     * @throws InputException when there are no weights, or they cannot be read
     */
    public static TensorStore open(Path modelFolder) {
        Path single = Stream.of(SINGLE, CODESTRAL)
                .map(modelFolder::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElse(null);
        Path index = modelFolder.resolve(ShardIndex.NAME);
        if (single != null) {
            SafetensorsFile file = SafetensorsFile.open(single);
            Map<String, SafetensorsFile> fileOf = new LinkedHashMap<>();
            file.tensors().keySet().forEach(name -> fileOf.put(name, file));
            return new TensorStore(modelFolder, List.of(file), fileOf);
        }
        if (Files.exists(index)) {
            return open(modelFolder, ShardIndex.read(index));
        }
        throw noWeights(modelFolder);
    }

    private static TensorStore open(Path folder, ShardIndex index) {
        Map<String, SafetensorsFile> opened = new TreeMap<>();
        try {
            for (String name : new TreeSet<>(index.fileOf().values())) {
                opened.put(name, openShard(folder.resolve(name), index));
            }
            Map<String, SafetensorsFile> fileOf = new LinkedHashMap<>();
            opened.forEach((name, file) -> file.tensors().keySet().stream()
                    .filter(tensor -> name.equals(index.fileOf().get(tensor)))
                    .forEach(tensor -> fileOf.put(tensor, file)));
            index.fileOf().forEach((tensor, name) -> {
                if (!fileOf.containsKey(tensor)) {
                    throw SafetensorsException.of(
                            Kind.TENSOR_MISSING,
                            folder.resolve(name),
                            tensor,
                            "no such tensor",
                            "it in this file, as " + ShardIndex.NAME + " says");
                }
            });
            return new TensorStore(folder, List.copyOf(opened.values()), fileOf);
        } catch (RuntimeException e) {
            opened.values().forEach(SafetensorsFile::close);
            throw e;
        }
    }

    private static SafetensorsFile openShard(Path shard, ShardIndex index) {
        if (!Files.exists(shard)) {
            throw SafetensorsException.of(
                    Kind.SHARD_MISSING,
                    index.path(),
                    "the file name " + shard.getFileName(),
                    "that file in this folder");
        }
        return SafetensorsFile.open(shard);
    }

    private static InputException noWeights(Path folder) {
        String place = folder.toAbsolutePath().toString();
        if (!Files.isDirectory(folder)) {
            return new InputException(place + ": there is no such folder. Check the path of the model.");
        }
        String lookedFor = place + " holds neither " + SINGLE + " nor " + ShardIndex.NAME;
        return new InputException(
                Files.exists(folder.resolve(PICKLE)) || Files.exists(folder.resolve(PICKLE + ".index.json"))
                        ? lookedFor + ", only " + PICKLE + ". Convert it: statecraft import " + folder
                                + " --out NEW_FOLDER"
                        : lookedFor + ". Check that this is the folder of a model and that its download is complete.");
    }

    /** The open files, in the order of their names. */
    public List<Path> files() {
        return files.stream().map(SafetensorsFile::path).toList();
    }

    /** All tensors by name; file by file, in the order of their bytes. */
    public Map<String, TensorInfo> tensors() {
        return tensors;
    }

    /** As {@link SafetensorsFile#info}. */
    public TensorInfo info(String name) {
        return fileWith(name).info(name);
    }

    /** Whether two tensors are stored as the same bytes; a tensor has no limit of 2 GiB. */
    public boolean sameBytes(String name, String other) {
        long bytes = info(name).bytes();
        if (info(other).bytes() != bytes) {
            return false;
        }
        for (long from = 0; from < bytes; from += PIECE) {
            long count = Math.min(PIECE, bytes - from);
            if (!fileWith(name).bytes(name, from, count).equals(fileWith(other).bytes(other, from, count))) {
                return false;
            }
        }
        return true;
    }

    /** As {@link SafetensorsFile#mappedFloat32}. */
    public NDArray float32(NDManager manager, String name) {
        return fileWith(name).mappedFloat32(manager, name);
    }

    /** As {@link SafetensorsFile#array}. */
    public NDArray array(NDManager manager, String name) {
        return fileWith(name).array(manager, name);
    }

    private SafetensorsFile fileWith(String name) {
        SafetensorsFile file = fileOf.get(name);
        if (file == null) {
            throw SafetensorsFile.missing(folder, name, tensors);
        }
        return file;
    }

    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }
}
