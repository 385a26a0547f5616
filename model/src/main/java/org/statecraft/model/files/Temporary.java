package org.statecraft.model.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A hidden sibling {@code .<name>.<process>-<random>.tmp} under which a file or folder is written before it is published.
 * Closing removes whatever still stands under the temporary name.
 *
 * <p>The process id lets a later process tell a left-over of a killed one from work in progress. Ids come back (in a
 * container a restarted program often has its old one), so for its own id a process asks its list of open temporaries.
 */
final class Temporary implements Closeable {
    private static final Pattern NAME = Pattern.compile("\\..+\\.(\\d{1,18})-[0-9a-f]{8}\\.tmp");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final Path target;

    private Temporary(Path path, Path target) {
        this.path = path;
        this.target = target;
        OPEN.add(path);
    }

    /** Chooses a name beside {@code target} and creates the folders above it, nothing else. */
    static Temporary beside(Path target) throws IOException {
        Path absolute = target.toAbsolutePath().normalize();
        Files.createDirectories(absolute.getParent());
        byte[] random = new byte[4];
        RANDOM.nextBytes(random);
        String name = "." + absolute.getFileName() + "."
                + ProcessHandle.current().pid() + "-" + HexFormat.of().formatHex(random) + ".tmp";
        return new Temporary(absolute.resolveSibling(name), absolute);
    }

    Path path() {
        return path;
    }

    /** Gives the finished file or folder its final name in one step. */
    void publish() throws IOException {
        Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
        force(target.getParent());
    }

    @Override
    public void close() throws IOException {
        try {
            delete(path);
        } finally {
            OPEN.remove(path);
        }
    }

    /** Whether this is a temporary name that no process can still be writing to. */
    static boolean isLeftover(Path path) {
        Matcher matcher = NAME.matcher(path.getFileName().toString());
        if (!matcher.matches()) {
            return false;
        }
        long pid = Long.parseLong(matcher.group(1));
        return pid == ProcessHandle.current().pid()
                ? !OPEN.contains(path.toAbsolutePath().normalize())
                : ProcessHandle.of(pid).isEmpty();
    }

    /** Makes the bytes of a file, or the entries of a folder, durable. */
    static void force(Path path) throws IOException {
        boolean folder = Files.isDirectory(path);
        // a folder can be opened on POSIX systems only; elsewhere the rename itself is what there is
        if (!folder || path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel =
                    FileChannel.open(path, folder ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
    }

    /** Deletes a file, or a folder with everything in it; links are deleted, not followed. */
    static void delete(Path root) throws IOException {
        if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(root);
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
