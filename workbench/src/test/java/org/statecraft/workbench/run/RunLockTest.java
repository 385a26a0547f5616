package org.statecraft.workbench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.InputException;

class RunLockTest {
    @TempDir
    Path runs;

    /** The other process: tries to take the lock, says how that went, and keeps it until its input ends. */
    static final class Other {
        private Other() {}

        public static void main(String[] arguments) throws IOException {
            Path path = Path.of(arguments[0]);
            try {
                RunLock lock =
                        RunDirectory.open(path.getParent(), path.toString()).lock();
                System.out.println("locked");
                while (System.in.read() >= 0) {}
                lock.close();
            } catch (InputException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private static Process otherProcess(RunDirectory run) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName(),
                        run.path().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Test
    void runOfAnotherProcessIsRefusedUntilThatDies() throws Exception {
        RunDirectory run = RunDirectory.create(runs, "a", Clock.systemUTC(), empty -> {});
        Process other = otherProcess(run);
        try (BufferedReader said = other.inputReader(StandardCharsets.UTF_8)) {
            assertEquals("locked", said.readLine());

            String message = assertThrows(InputException.class, run::lock).getMessage();
            assertTrue(message.contains("process " + other.pid() + " is working on this run"), message);
            assertEquals(RunState.RUNNING, run.state());
        } finally {
            other.destroyForcibly().waitFor();
        }
        assertEquals(RunState.LOST, run.state());
        run.lock().close();
    }

    @Test
    void lookingAtARunThatThisProcessHoldsDoesNotFreeIt() throws Exception {
        RunDirectory run = RunDirectory.create(runs, "a", Clock.systemUTC(), empty -> {});
        RunLock lock = run.lock();
        assertEquals(RunState.RUNNING, run.state());
        assertThrows(InputException.class, run::lock);
        Process other = otherProcess(run);
        try (BufferedReader said = other.inputReader(StandardCharsets.UTF_8)) {
            String answer = said.readLine();
            assertTrue(answer.contains("process " + ProcessHandle.current().pid() + " is working on this run"), answer);
        } finally {
            other.destroyForcibly().waitFor();
        }
        lock.close();
        assertEquals(RunState.LOST, run.state());
    }
}
