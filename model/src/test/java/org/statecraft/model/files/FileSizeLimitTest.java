package org.statecraft.model.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.InputException;

/** What a full disk looks like to a whole process: {@code ulimit -f} lets no file grow beyond 8 KiB. */
final class FileSizeLimitTest {
    private static final Path BASH = Path.of("/bin/bash");

    @TempDir
    private Path folder;

    /** The child process. */
    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        try {
            PublishedFolder.publish(folder.resolve("published"), inside -> {
                Files.write(inside.resolve("small"), new byte[1 << 10]);
                Files.write(inside.resolve("large"), new byte[1 << 20]);
            });
        } catch (InputException e) {
            System.out.println(e.getMessage());
        }
    }

    @Test
    void limitIsReportedAndNothingIsLeft() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(BASH), "bash sets the limit");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        // the positional arguments of bash are passed on as they are, nothing is quoted or parsed
        Process process = new ProcessBuilder(
                        BASH.toString(),
                        "-c",
                        "ulimit -f 8 && exec \"$@\"",
                        "bash",
                        java,
                        "-XX:-UsePerfData",
                        "-cp",
                        classPath,
                        FileSizeLimitTest.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        assertTrue(output.contains("Cannot write " + folder.resolve("published").toAbsolutePath() + ": "), output);
        assertTrue(output.contains("File too large (a limit on the size of a file, see `ulimit -f`)"), output);
        try (Stream<Path> children = Files.list(folder)) {
            assertEquals(0, children.count());
        }
    }
}
