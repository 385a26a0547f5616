package org.statecraft.model.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
    /** The file that makes a folder a published one; it lists the others. */
    public static final String MANIFEST = Manifest.NAME;

    private PublishedFolder() {}

    /**
     * Publishes what {@code fill} writes into the empty temporary folder that it is given. After a failure nothing is left.
     *
     * @throws InputException when {@code target} exists or the operating system refuses
     */
    public static void publish(Path target, IOConsumer<Path> fill) {
        AtomicFiles.createFolder(target, folder -> {
            fill.accept(folder);
            AtomicFiles.writeJson(folder.resolve(Manifest.NAME), Manifest.of(folder));
        });
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
     * Removes a folder with everything in it, if it is there. It leaves its name in one step, so it is never seen half empty.
     *
     * @throws InputException when the operating system refuses
     */
    public static void remove(Path folder) {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Temporary aside = Temporary.beside(folder)) {
            Files.move(folder, aside.path(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw IoFailures.writing(folder, e);
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
}
