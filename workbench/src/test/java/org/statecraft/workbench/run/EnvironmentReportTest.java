package org.statecraft.workbench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentReportTest {
    @TempDir
    Path folder;

    /** Prints the report of its process. */
    static final class Printer {
        private Printer() {}

        public static void main(String[] arguments) {
            EnvironmentReport.collect(null, List.of(), Map.of()).lines().forEach(System.out::println);
        }
    }

    @Test
    void reportOfThisMachineIsReadBackAsItWasWritten() {
        RunDirectory run = RunDirectory.create(folder, "a", Clock.systemUTC(), empty -> {});
        assertNull(EnvironmentReport.read(run));
        EnvironmentReport report = EnvironmentReport.collect(null, List.of("reference"), Map.of("model", "ab12"));

        report.write(run);

        assertEquals(report, EnvironmentReport.read(run));
        assertNotNull(report.engine().pytorch(), () -> "PyTorch did not load: " + report.findings());
        assertTrue(report.engine().threads() > 0
                && report.machine().memoryBytes() > 0
                && report.machine().cpus() > 0);
        String text = String.join("\n", report.lines());
        assertTrue(text.contains("kernels       reference (auto: reference)"), text);
        assertTrue(text.contains("CPU library in the build = yes"), text);
        assertTrue(text.contains("input         ab12  model"), text);
    }

    @Test
    void nativeLibraryThatCannotBeLoadedIsAFinding() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dai.djl.offline=true",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Printer.class.getName())
                .redirectErrorStream(true);
        builder.environment().put("DJL_CACHE_DIR", file.resolve("cache").toString());

        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals(0, process.waitFor(), said);
        assertTrue(said.contains("note: the native PyTorch library cannot be loaded ("), said);
        assertTrue(said.contains("set the environment variable DJL_CACHE_DIR"), said);
        assertTrue(said.contains("pytorch       -\n"), said);
    }

    @Test
    void commitAndLocalChangesOfTheCheckoutAreNamed() throws Exception {
        Path checkout = Files.createDirectory(folder.resolve("checkout"));
        Assumptions.assumeTrue(git(checkout, "init", "-q"), "no git here");
        Path file = Files.writeString(checkout.resolve("a"), "1");
        git(checkout, "add", "a");
        git(checkout, "-c", "user.name=a", "-c", "user.email=a@b", "-c", "core.hooksPath=", "commit", "-qm", "a");

        EnvironmentReport.Git clean = GitProbe.of(checkout);
        assertTrue(clean.commit().matches("[0-9a-f]{40,64}"), clean.toString());
        assertEquals(new EnvironmentReport.Git(clean.commit(), false), clean);
        Files.writeString(file, "2");
        assertEquals(new EnvironmentReport.Git(clean.commit(), true), GitProbe.of(checkout));
        assertNull(
                GitProbe.of(Files.createDirectory(checkout.resolve("inner"))), "inside a checkout is not a checkout");
        assertNull(GitProbe.of(null));
    }

    private static boolean git(Path folder, String... arguments) {
        List<String> command = new ArrayList<>(List.of("git", "-C", folder.toString()));
        command.addAll(List.of(arguments));
        Command.Result result = Command.run(command);
        return result != null && result.exitCode() == 0;
    }

    @Test
    void programThatIsNotThereIsNoError() {
        assertNull(Command.run(List.of("statecraft-no-such-program")));
    }

    @Test
    void findingSaysWhatIsMissingForAGpu() {
        List<String> one = List.of("NVIDIA H100 80GB HBM3, 570.1, 81559 MiB");

        assertEquals(
                "no NVIDIA GPU and driver found; runs use the CPU", GpuProbe.finding(List.of(), "2.7.1", 0, false));
        assertTrue(GpuProbe.finding(List.of(), "2.7.1", 0, true).contains("install NVIDIA's driver"));
        assertEquals(
                "1 GPU found, but the PyTorch 2.7.1 in use cannot reach it; runs use the CPU",
                GpuProbe.finding(one, "2.7.1", 0, true));
        assertEquals("1 GPU found, but PyTorch cannot be loaded", GpuProbe.finding(one, null, 0, true));
        assertEquals("1 GPU can be used (device: auto, or cuda:0)", GpuProbe.finding(one, "2.7.1", 1, true));
    }

    private static List<String> missing(Map<String, String> values, boolean cpuLibrary) {
        return new NativeSetup(values, cpuLibrary, "2.7.1").missing();
    }

    @Test
    void everythingMissingForCudaIsNamed() throws Exception {
        assertEquals("2.7.1", NativeSetup.ofThisProcess().bridge());
        List<String> untouched = missing(Map.of("ai.djl.offline", "true"), true);
        assertEquals(2, untouched.size());
        assertTrue(untouched.get(0).contains("-Pcuda"), untouched.toString());
        assertTrue(
                untouched.get(1).startsWith("PYTORCH_LIBRARY_PATH is not set: let it name the folder lib"),
                untouched.toString());
        assertEquals(List.of(), missing(Map.of("ai.djl.offline", "false"), false), "DJL downloads");

        List<String> wrong =
                missing(Map.of("PYTORCH_LIBRARY_PATH", folder.toString(), "PYTORCH_VERSION", "2.6.0"), false);
        assertEquals(3, wrong.size());
        assertTrue(wrong.get(0).contains("holds no libtorch_cuda.so"), wrong.toString());
        assertEquals("PYTORCH_VERSION is 2.6.0: set it to 2.7.1", wrong.get(1));
        assertEquals("PYTORCH_FLAVOR is not set: set it to cu128", wrong.get(2));

        Files.writeString(folder.resolve("libtorch_cuda.so"), "");
        Map<String, String> right = Map.of(
                "PYTORCH_LIBRARY_PATH", folder.toString(), "PYTORCH_VERSION", "2.7.1", "PYTORCH_FLAVOR", "cu128");
        assertEquals(List.of(), missing(right, false));
    }
}
