package org.statecraft.model.pickle;

import java.io.Closeable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.statecraft.model.InputException;
import org.statecraft.model.pickle.PickleException.Kind;
import org.statecraft.model.safetensors.ShardIndex;

/**
 * The weights of a model folder as PyTorch stores them: {@code pytorch_model.bin}, or several files that
 * {@code pytorch_model.bin.index.json} lists. With an index, exactly the tensors that it names exist.
 */
final class TorchFolder implements Closeable {
    static final String SINGLE = "pytorch_model.bin";
    static final String INDEX = "pytorch_model.bin.index.json";
    private static final String HEAD = "lm_head.weight";

    /** A tensor and the file that it lies in. */
    record Located(String name, TorchFile file, Value.Tensor tensor) {
        /** Of the first byte, in the file. */
        private long begin() {
            return tensor.storage().entry().begin()
                    + tensor.layout().offset() * tensor.storage().dtype().bytes();
        }

        private long end() {
            return begin() + tensor.layout().span() * tensor.storage().dtype().bytes();
        }
    }

    private final List<TorchFile> files = new ArrayList<>();
    private final Map<String, Located> tensors = new LinkedHashMap<>();
    private final List<String> tied = new ArrayList<>();

    private TorchFolder() {}

    /**
     * Opens all weight files.
     *
     * @param source a model folder, or one checkpoint file
     * @throws InputException when there is none, or one cannot be read, is damaged or holds something else than tensors
     */
    static TorchFolder open(Path source) {
        TorchFolder folder = new TorchFolder();
        try {
            if (Files.isRegularFile(source)) {
                folder.addAll(TorchFile.open(source));
            } else if (Files.exists(source.resolve(SINGLE))) {
                folder.addAll(TorchFile.open(source.resolve(SINGLE)));
            } else if (Files.exists(source.resolve(INDEX))) {
                folder.add(source, ShardIndex.read(source.resolve(INDEX)));
            } else {
                throw noWeights(source);
            }
            folder.leaveOutTiedHead();
            folder.files.forEach(folder::requireNoSharedBytes);
            return folder;
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static InputException noWeights(Path source) {
        String place = source.toAbsolutePath().toString();
        if (!Files.isDirectory(source)) {
            return new InputException(place + ": there is no such folder or file. Check the path of the model.");
        }
        boolean done = Files.exists(source.resolve("model.safetensors"))
                || Files.exists(source.resolve("model.safetensors.index.json"));
        return new InputException(place + " holds neither " + SINGLE + " nor " + INDEX
                + (done
                        ? "; its weights are safetensors already. Use it as it is: statecraft inspect " + source
                        : ". Check that this is the folder of a model and that its download is complete."));
    }

    private void addAll(TorchFile file) {
        files.add(file);
        file.tensors().forEach((name, tensor) -> tensors.put(name, new Located(name, file, tensor)));
    }

    private void add(Path folder, ShardIndex index) {
        Map<String, TorchFile> byName = new TreeMap<>();
        for (String name : new TreeSet<>(index.fileOf().values())) {
            Path shard = folder.resolve(name);
            if (!Files.exists(shard)) {
                throw PickleException.of(
                        Kind.SHARD_MISSING, index.path(), "the file name " + name, "that file in this folder");
            }
            TorchFile file = TorchFile.open(shard);
            files.add(file);
            byName.put(name, file);
        }
        index.fileOf().forEach((tensor, name) -> {
            TorchFile file = byName.get(name);
            if (!file.tensors().containsKey(tensor)) {
                throw PickleException.of(
                        Kind.TENSOR_MISSING,
                        file.path(),
                        "no tensor " + PickleException.quote(tensor),
                        "it in this file, as " + INDEX + " says");
            }
            tensors.put(tensor, new Located(tensor, file, file.tensors().get(tensor)));
        });
    }

    private void leaveOutTiedHead() {
        Located head = tensors.remove(HEAD);
        if (head == null) {
            return;
        }
        if (tensors.values().stream()
                .anyMatch(other ->
                        other.file().equals(head.file()) && other.tensor().sameAs(head.tensor()))) {
            tied.add(HEAD);
        } else {
            tensors.put(HEAD, head);
        }
    }

    /** Shared bytes would have to be written twice, and a small file could become a huge one. */
    private void requireNoSharedBytes(TorchFile file) {
        Located before = null;
        for (Located one : tensors.values().stream()
                .filter(located ->
                        located.file().equals(file) && located.tensor().bytes() > 0)
                .sorted(Comparator.comparingLong(Located::begin))
                .toList()) {
            if (before != null && one.begin() < before.end()) {
                throw PickleException.of(
                        Kind.SHARED_BYTES,
                        file.path(),
                        "the tensors " + PickleException.quote(before.name()) + " and "
                                + PickleException.quote(one.name()) + " over the same bytes",
                        "each tensor on its own");
            }
            before = one;
        }
    }

    /** All tensors by name, without a tied head. */
    Map<String, Located> tensors() {
        return tensors;
    }

    /** The head, where it is the embedding itself and therefore left out. */
    List<String> tied() {
        return tied;
    }

    @Override
    public void close() {
        files.forEach(TorchFile::close);
    }
}
