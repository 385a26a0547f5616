package org.statecraft.workbench.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The commit that a checkout stands at. */
final class GitProbe {
    private GitProbe() {}

    /** Null if the folder is not the top of a checkout, or there is no git. */
    static EnvironmentReport.Git of(Path home) {
        // only the top: a program that was unpacked inside somebody's repository is not that repository
        if (home == null || !Files.exists(home.resolve(".git"))) {
            return null;
        }
        String folder = home.toAbsolutePath().toString();
        Command.Result head = Command.run(List.of("git", "-C", folder, "rev-parse", "HEAD"));
        Command.Result changes = Command.run(List.of("git", "-C", folder, "diff", "--quiet", "HEAD"));
        if (head == null || head.exitCode() != 0 || changes == null) {
            return null;
        }
        return new EnvironmentReport.Git(head.output().strip(), changes.exitCode() != 0);
    }
}
