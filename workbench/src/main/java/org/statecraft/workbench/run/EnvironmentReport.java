package org.statecraft.workbench.run;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.statecraft.model.Kernels;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.model.files.JsonFiles;
import org.statecraft.workbench.table.Formats;

/**
 * On what a run ran: {@code environment.json}, with the component names as keys, and what the verb {@code env} shows. What the
 * machine does not tell is null.
 *
 * @param statecraft version; null when it runs from a folder of classes
 * @param git the checkout that the program was started from; null if it is none
 * @param gpus as their driver names them, whether or not the tensor library can use them
 * @param nativeLibrary what decides which native library is loaded, as far as it is set
 * @param kernels that can be chosen; the first is what {@code auto} means
 * @param inputs SHA-256 of each file of the model and the data, by its name
 * @param findings sentences for people: what is missing and what would help
 */
public record EnvironmentReport(
        String statecraft,
        Git git,
        Java java,
        Machine machine,
        Engine engine,
        List<String> gpus,
        Map<String, String> nativeLibrary,
        List<String> kernels,
        Map<String, String> inputs,
        List<String> findings) {

    /**
     * The state of the sources.
     *
     * @param dirty whether tracked files differ from the commit
     */
    public record Git(String commit, boolean dirty) {}

    /** The virtual machine. */
    public record Java(String version, String vendor) {}

    /** The computer, as far as a container shows it. */
    public record Machine(String os, String osVersion, String architecture, String cpu, int cpus, long memoryBytes) {}

    /**
     * The tensor library.
     *
     * @param djl version of its Java side
     * @param pytorch version of its native side; null, like device and threads, if that cannot be loaded
     * @param device the best one it can use, "cpu" or "cuda:0"
     * @param threads that one operation may use
     * @param cache the folder that its native files are unpacked to
     */
    public record Engine(String djl, String pytorch, String device, Integer threads, String cache) {}

    public EnvironmentReport {
        gpus = gpus == null ? List.of() : List.copyOf(gpus);
        nativeLibrary = nativeLibrary == null ? Map.of() : new TreeMap<>(nativeLibrary);
        kernels = kernels == null ? List.of() : List.copyOf(kernels);
        inputs = inputs == null ? Map.of() : new TreeMap<>(inputs);
        findings = findings == null ? List.of() : List.copyOf(findings);
    }

    /** What this program finds here: its own folder is {@code statecraft.home}, its kernels are those that there are. */
    public static EnvironmentReport collect(Map<String, String> inputs) {
        String home = System.getProperty("statecraft.home");
        return collect(home == null ? null : Path.of(home), Kernels.names(), inputs);
    }

    /**
     * Looks at this machine. Loads the native tensor library; that it cannot be loaded is a finding and no failure.
     *
     * @param home the folder that the program was started from; may be null
     */
    static EnvironmentReport collect(Path home, List<String> kernels, Map<String, String> inputs) {
        EngineProbe probe = EngineProbe.run();
        List<String> gpus = GpuProbe.gpus();
        List<String> findings = new ArrayList<>(probe.findings());
        findings.add(GpuProbe.finding(gpus, probe.engine().pytorch(), probe.gpus(), GpuProbe.deviceFileExists()));
        NativeSetup setup = NativeSetup.ofThisProcess();
        if (probe.gpus() == 0 && !gpus.isEmpty()) {
            findings.addAll(setup.missing());
        }
        return new EnvironmentReport(
                EnvironmentReport.class.getPackage().getImplementationVersion(),
                GitProbe.of(home),
                new Java(System.getProperty("java.version"), System.getProperty("java.vendor")),
                thisMachine(),
                probe.engine(),
                gpus,
                setup.facts(),
                kernels,
                inputs,
                findings);
    }

    private static Machine thisMachine() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Machine(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch"),
                cpuModel(),
                Runtime.getRuntime().availableProcessors(),
                system.getTotalMemorySize());
    }

    private static String cpuModel() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    public void write(RunDirectory directory) {
        AtomicFiles.writeJson(directory.environment(), this);
    }

    /**
     * Reads the report of a run.
     *
     * @return null if the run died before it wrote one
     * @throws org.statecraft.model.InputException if the file is damaged
     */
    public static EnvironmentReport read(RunDirectory directory) {
        Path file = directory.environment();
        return Files.exists(file) ? JsonFiles.read(file, EnvironmentReport.class) : null;
    }

    /** The report for people: a name and a value on each line, then the findings. */
    public List<String> lines() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("statecraft", statecraft);
        values.put("sources", git == null ? null : git.commit() + (git.dirty() ? ", with local changes" : ""));
        values.put("java", java.version() + ", " + java.vendor());
        values.put("system", machine.os() + " " + machine.osVersion() + ", " + machine.architecture());
        values.put("processor", machine.cpu());
        values.put("processors", String.valueOf(machine.cpus()));
        values.put("memory", Formats.bytes(machine.memoryBytes()));
        values.put("djl", engine.djl());
        values.put("pytorch", engine.pytorch());
        values.put("device", engine.device());
        values.put("threads", engine.threads() == null ? null : engine.threads().toString());
        values.put("gpus", gpus.isEmpty() ? null : String.join("; ", gpus));
        values.put(
                "native",
                nativeLibrary.isEmpty()
                        ? null
                        : nativeLibrary.entrySet().stream()
                                .map(entry -> entry.getKey() + " = " + entry.getValue())
                                .collect(Collectors.joining(", ")));
        values.put(
                "kernels", kernels.isEmpty() ? null : String.join(", ", kernels) + " (auto: " + kernels.get(0) + ")");
        values.put("native cache", engine.cache());
        List<String> lines = new ArrayList<>();
        values.forEach((name, value) -> lines.add(String.format("%-13s %s", name, value == null ? "-" : value)));
        inputs.forEach((name, hash) -> lines.add(String.format("%-13s %s  %s", "input", hash, name)));
        findings.forEach(finding -> lines.add("note: " + finding));
        return lines;
    }
}
