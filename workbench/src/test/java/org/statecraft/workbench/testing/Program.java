package org.statecraft.workbench.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** The program as its users start it: a process of its own, here on the class path of the tests. */
public final class Program {
    private static final String MAIN = "org.statecraft.workbench.cli.Statecraft";
    /** Only so that a program that hangs fails its test. */
    private static final long PATIENCE_MINUTES = 10;

    private final Process process;
    private final FutureTask<String> out;
    private final FutureTask<String> err;

    private Program(Process process) {
        this.process = process;
        this.out = reader(process.getInputStream());
        this.err = reader(process.getErrorStream());
    }

    /** What a program that ended has left. */
    public record Ended(int exitCode, String out, String err) {
        public String lastLine() {
            List<String> lines = out.lines().toList();
            return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        }

        @Override
        public String toString() {
            return "exit code " + exitCode + "\n--- out\n" + out + "--- err\n" + err;
        }
    }

    /** The command line of a virtual machine that is quick to start, without the arguments of the program. */
    public static List<String> command(String... options) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Xmx512m",
                "-Dai.djl.offline=true",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-Dorg.slf4j.simpleLogger.log.ai.djl=error",
                "-Dstatecraft.home=" + System.getProperty("statecraft.home")));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
        return command;
    }

    /** Starts the program in a folder. */
    public static Program start(Path folder, String... arguments) {
        List<String> command = command();
        command.addAll(List.of(arguments));
        return start(folder, command);
    }

    /** Starts a whole command line in a folder. */
    public static Program start(Path folder, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("OPT_OUT_TRACKING", "true");
        builder.environment().keySet().removeAll(List.of("STATECRAFT_DATA", "STATECRAFT_MODELS"));
        try {
            return new Program(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FutureTask<String> reader(InputStream stream) {
        FutureTask<String> task = new FutureTask<>(() -> new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        Thread thread = new Thread(task, "output of a program");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for the end. */
    public Ended await() throws InterruptedException {
        if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
            kill();
            throw new AssertionError("the program did not end");
        }
        try {
            return new Ended(process.exitValue(), out.get(), err.get());
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends SIGKILL, which no program can do anything about, and waits for the end. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Sends SIGINT, as Ctrl-C does. */
    public void interrupt() throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new AssertionError("kill -INT ended with " + code);
        }
    }
}
