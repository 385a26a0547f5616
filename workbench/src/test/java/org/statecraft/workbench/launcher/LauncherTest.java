package org.statecraft.workbench.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher script in a checkout of its own, with a Java and a Maven that only tell how they were called. Maven's
 * stand-in makes a distribution, as the real one does.
 */
@EnabledOnOs(OS.LINUX)
class LauncherTest {
    private static final Path SCRIPT = Path.of(System.getProperty("statecraft.home"), "statecraft");

    @TempDir
    private Path temporary;

    private Path checkout;
    private Path lib;

    private record Outcome(int exitCode, String output) {}

    @BeforeEach
    void makeCheckout() throws IOException {
        checkout = temporary.toRealPath().resolve("check out");
        lib = checkout.resolve("workbench/target/dist/lib");
        for (String module : List.of("model", "peft", "compress", "eval", "parquet", "workbench")) {
            write(module + "/src/main/Source.java", "");
            write(module + "/pom.xml", "");
        }
        write("pom.xml", "");
        write(".mvn/maven.config", "");
        Files.copy(SCRIPT, checkout.resolve("statecraft"));
        executable(
                "jdk/bin/java",
                """
                #!/bin/bash
                echo "java in $PWD: $*"
                echo "cache ${DJL_CACHE_DIR:-none}, tracking ${OPT_OUT_TRACKING:-on}"
                for option; do [[ $option == -XX:ArchiveClassesAtExit=* ]] && echo archive >"${option#*=}"; done
                exit 0
                """);
        write("jdk/release", "IMPLEMENTOR=\"test\"\nJAVA_VERSION=\"17.0.15\"\n");
        executable(
                "bin/mvn",
                """
                #!/bin/bash
                echo "[INFO] Building Statecraft :: model 1 [1/5]"
                [[ -e broken ]] && { echo "[ERROR] Source.java:[3,4] cannot find symbol"; exit 1; }
                rm -rf workbench/target/dist
                mkdir -p workbench/target/dist/lib
                touch workbench/target/dist/lib/picocli-1.jar workbench/target/dist/lib/statecraft-workbench-1.jar
                """);
    }

    @Test
    void theFirstStartBuildsVisiblyAndTheSecondDoesNot() throws Exception {
        Outcome first = launch("validate", "r.yaml");
        Outcome second = launch("validate", "r.yaml");

        assertEquals(0, first.exitCode(), first::output);
        assertTrue(first.output().contains("statecraft: building"), first::output);
        assertTrue(first.output().contains("statecraft:   model\n"), first::output);
        assertFalse(second.output().contains("building"), second::output);
        assertTrue(second.output().contains("org.statecraft.workbench.cli.Statecraft validate r.yaml"), second::output);
    }

    @Test
    void aNewerSourceIsBuilt() throws Exception {
        launch("ls");
        for (String source : List.of(
                "eval/src/main/Source.java", "workbench/pom.xml", "pom.xml", ".mvn/maven.config", "model/src/main")) {
            Files.setLastModifiedTime(
                    checkout.resolve(source), FileTime.from(Instant.now().plusSeconds(5)));

            assertTrue(launch("ls").output().contains("building"), source);

            Files.setLastModifiedTime(
                    checkout.resolve(source), FileTime.from(Instant.now().minusSeconds(60)));
        }
    }

    @Test
    void noBuildMeansNoBuild() throws Exception {
        Outcome nothing = launch(Map.of("STATECRAFT_NO_BUILD", "1"), "ls");
        assertEquals(1, nothing.exitCode());
        assertTrue(nothing.output().contains("not built"), nothing::output);

        launch("ls");
        Files.setLastModifiedTime(
                checkout.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(5)));
        assertFalse(launch(Map.of("STATECRAFT_NO_BUILD", "1"), "ls").output().contains("building"));
    }

    @Test
    void aFailingBuildShowsTheEndOfItsLogAndWhereItIs() throws Exception {
        write("broken", "");

        Outcome outcome = launch("ls");

        assertEquals(1, outcome.exitCode());
        assertTrue(outcome.output().contains("cannot find symbol"), outcome::output);
        assertTrue(
                outcome.output()
                        .contains(checkout.resolve(".statecraft/build.log").toString()),
                outcome::output);
        assertFalse(outcome.output().contains("java in"), outcome::output);
    }

    @Test
    void itStartsThroughALinkAndStaysInTheCallersFolder() throws Exception {
        launch("ls");
        Path elsewhere = Files.createDirectories(temporary.toRealPath().resolve("else where"));
        Path link = Files.createSymbolicLink(elsewhere.resolve("sc"), Path.of("../check out/statecraft"));

        Outcome outcome = launch(elsewhere, Map.of(), link.toString(), "ls", "two words");

        assertTrue(outcome.output().contains("java in " + elsewhere + ":"), outcome::output);
        assertTrue(outcome.output().contains("-Dstatecraft.home=" + checkout), outcome::output);
        assertTrue(outcome.output().contains("-cp " + lib + "/* "), outcome::output);
        assertTrue(outcome.output().contains("ls two words"), outcome::output);
    }

    @Test
    void verbsThatComputeGetANativeCacheAndTheOptionsOfTheUser() throws Exception {
        Path cache = temporary.resolve("cache");
        Map<String, String> environment =
                Map.of("DJL_CACHE_DIR", cache.toString(), "STATECRAFT_JAVA_OPTS", "-Xmx1g -ea");

        Outcome outcome = launch(environment, "run", "r.yaml");

        assertTrue(outcome.output().contains("-Xmx1g -ea"), outcome::output);
        assertTrue(outcome.output().contains("-Dai.djl.offline=true"), outcome::output);
        assertTrue(outcome.output().contains("cache " + cache + ", tracking true"), outcome::output);
        assertTrue(Files.isDirectory(cache));
    }

    @Test
    void aCacheThatCannotBeWrittenIsNamed() throws Exception {
        write("file", "");
        Map<String, String> environment =
                Map.of("DJL_CACHE_DIR", checkout.resolve("file/cache").toString());

        assertEquals(0, launch(environment, "ls").exitCode());
        Outcome outcome = launch(environment, "run", "r.yaml");

        assertEquals(1, outcome.exitCode());
        assertTrue(outcome.output().contains("set DJL_CACHE_DIR"), outcome::output);
    }

    @Test
    void anOldJavaIsRefusedWithWhatIsNeeded() throws Exception {
        write("jdk/release", "JAVA_VERSION=\"11.0.2\"\n");

        Outcome outcome = launch("ls");

        assertEquals(1, outcome.exitCode());
        assertTrue(outcome.output().contains("found Java 11.0.2"), outcome::output);
        assertTrue(outcome.output().contains("17 or newer"), outcome::output);
    }

    @Test
    void aMissingJavaOrMavenIsNamed() throws Exception {
        Outcome java = launch(Map.of("JAVA_HOME", temporary.resolve("nowhere").toString()), "ls");
        assertEquals(1, java.exitCode());
        assertTrue(java.output().contains("no Java at"), java::output);

        Files.delete(checkout.resolve("bin/mvn"));
        Path tools = Files.createDirectories(checkout.resolve("tools"));
        for (String tool : List.of("bash", "dirname", "find", "mkdir", "flock", "readlink", "touch")) {
            Files.createSymbolicLink(tools.resolve(tool), Path.of("/usr/bin", tool));
        }
        Outcome maven = launch(Map.of("PATH", tools.toString()), "ls");
        assertEquals(1, maven.exitCode());
        assertTrue(maven.output().contains("no mvn on the PATH"), maven::output);
    }

    private Outcome launch(String... args) throws IOException, InterruptedException {
        return launch(Map.of(), args);
    }

    private Outcome launch(Map<String, String> environment, String... args) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(checkout.resolve("statecraft").toString()));
        command.addAll(List.of(args));
        return launch(checkout, environment, command.toArray(String[]::new));
    }

    private Outcome launch(Path folder, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        Path output = temporary.resolve("output.txt");
        builder.redirectOutput(output.toFile());
        builder.environment().put("JAVA_HOME", checkout.resolve("jdk").toString());
        builder.environment().put("PATH", checkout.resolve("bin") + ":/usr/bin:/bin");
        builder.environment()
                .put("XDG_CACHE_HOME", temporary.resolve("user-cache").toString());
        List.of("STATECRAFT_NO_BUILD", "STATECRAFT_JAVA_OPTS", "DJL_CACHE_DIR").forEach(builder.environment()::remove);
        builder.environment().putAll(environment);
        int exitCode = builder.start().waitFor();
        return new Outcome(exitCode, Files.readString(output));
    }

    private void write(String name, String text) throws IOException {
        Path file = checkout.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void executable(String name, String text) throws IOException {
        write(name, text);
        assertTrue(checkout.resolve(name).toFile().setExecutable(true));
    }
}
