package org.statecraft.model.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.statecraft.model.InputException;

/**
 * A folder that is complete whenever it can be seen under its name: checkpoints, adapters, models.
 *
 * <p>It is filled under a hidden name, then {@code MANIFEST.json} with the size and SHA-256 of every file is written last,
 * everything is forced to the disk, and one rename publishes it. Files added later by others do not invalidate it; a listed
 * file that changes or disappears does.
 */
public final class PublishedFolder {
    private PublishedFolder() {}

    /**
     * Publishes what {@code fill} writes into the empty temporary folder that it is given. After a failure nothing is left.
     *
     * @throws InputException when {@code target} exists or the operating system refuses
     */
    public static void publish(Path target, IOConsumer<Path> fill) {
        try (Temporary temporary = Temporary.beside(target)) {
            requireAbsent(target);
            Path folder = Files.createDirectory(temporary.path());
            fill.accept(folder);
            AtomicFiles.writeJson(folder.resolve(Manifest.NAME), Manifest.of(folder));
            force(folder);
            requireAbsent(target);
            temporary.publish();
        } catch (IOException e) {
            throw IoFailures.writing(target, e);
        } catch (UncheckedIOException e) {
            throw IoFailures.writing(target, e.getCause());
        }
    }

    /**
     * Checks the manifest and every file that it lists.
     *
     * @throws ManifestException when something is missing, damaged, too new or too old
     */
    public static void verify(Path folder) {
        Manifest.read(folder).check(folder);
    }

    /** Whether {@link #verify} finds nothing wrong; a folder that cannot be read is not valid either. */
    public static boolean isValid(Path folder) {
        try {
            verify(folder);
            return true;
        } catch (InputException e) {
            return false;
        }
    }

    /**
     * Removes the hidden files and folders that killed processes of this machine left directly in {@code parent}, and
     * returns them. What a living process is writing stays.
     */
    public static List<Path> removeLeftovers(Path parent) {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        List<Path> removed = new ArrayList<>();
        try (Stream<Path> children = Files.list(parent)) {
            for (Path leftover : children.filter(Temporary::isLeftover).sorted().toList()) {
                Temporary.delete(leftover);
                removed.add(leftover);
            }
        } catch (IOException e) {
            throw IoFailures.writing(parent, e);
        }
        return List.copyOf(removed);
    }

    private static void requireAbsent(Path target) throws FileAlreadyExistsException {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(target.toString());
        }
    }

    private static void force(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.toList()) {
                Temporary.force(path);
            }
        }
    }
}
