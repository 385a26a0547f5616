package org.statecraft.workbench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.statecraft.model.InputException;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.model.files.IoFailures;
import org.statecraft.model.files.PublishedFolder;

/**
 * One run on disk: {@code runs/2026-11-22T10-15-03-quickstart-7f3a/} and the names of the files in it.
 *
 * <p>The name is the id of the run: time of creation in UTC, a file-safe form of the recipe's name, four random hexadecimal
 * digits. Ids therefore sort by age. The accessors only name files; whoever writes one makes its folder.
 */
public final class RunDirectory {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Pattern ID = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\d-\\d\\d-.+-[0-9a-f]{4}");
    private static final int NAME_LIMIT = 60;
    private static final int ATTEMPTS = 100;
    private static final int SHOWN = 5;

    private final Path path;

    private RunDirectory(Path path) {
        this.path = path;
    }

    /**
     * Makes a new run directory, and the folder of runs where it is missing.
     *
     * @param fill writes what a run must have from its first moment: it is given the directory under a temporary name, which
     *     becomes the final one by one rename, so that a run that can be seen can be resumed
     * @throws InputException if the folder of runs cannot be made or written
     */
    public static RunDirectory create(Path runsRoot, String recipeName, Clock clock, Consumer<RunDirectory> fill) {
        return create(runsRoot, recipeName, clock, fill, new SecureRandom()::nextInt);
    }

    static RunDirectory create(
            Path runsRoot, String recipeName, Clock clock, Consumer<RunDirectory> fill, IntUnaryOperator randomBelow) {
        try {
            Files.createDirectories(runsRoot);
        } catch (IOException e) {
            String reason = IoFailures.writing(runsRoot.resolve("run"), e).getMessage();
            throw new InputException(reason + " The folder of runs is named with --runs DIR.", e);
        }
        Path path = freePath(runsRoot, TIME.format(clock.instant()) + "-" + safeName(recipeName), randomBelow);
        AtomicFiles.createFolder(path, temporary -> fill.accept(new RunDirectory(temporary)));
        return new RunDirectory(path);
    }

    private static Path freePath(Path runsRoot, String start, IntUnaryOperator randomBelow) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String id = String.format(Locale.ROOT, "%s-%04x", start, randomBelow.applyAsInt(1 << 16));
            if (!Files.exists(runsRoot.resolve(id))) {
                return runsRoot.resolve(id);
            }
        }
        throw new InputException(runsRoot + ": no free name for a run that starts with " + start + "; try again");
    }

    private static String safeName(String name) {
        String safe = name.replaceAll("[^A-Za-z0-9._]+", "-");
        safe = safe.substring(0, Math.min(safe.length(), NAME_LIMIT)).replaceAll("^[-.]+|[-.]+$", "");
        return safe.isEmpty() ? "run" : safe;
    }

    /**
     * Finds a run by the path of its directory, by its id, or by a start or an end of its id that no other run has.
     *
     * @throws InputException if no run fits (the message lists the newest) or several do (it lists them)
     */
    public static RunDirectory open(Path runsRoot, String pathOrId) {
        Path path = asPath(pathOrId);
        if (path != null && isRun(path)) {
            return new RunDirectory(path);
        }
        Path byId = path == null || path.getNameCount() != 1 || path.isAbsolute() ? null : runsRoot.resolve(path);
        if (byId != null && isRun(byId)) {
            return new RunDirectory(byId);
        }
        List<RunDirectory> all = list(runsRoot);
        List<RunDirectory> fitting = pathOrId.isEmpty()
                ? List.of()
                : all.stream()
                        .filter(run -> run.id().startsWith(pathOrId) || run.id().endsWith(pathOrId))
                        .toList();
        if (fitting.size() == 1) {
            return fitting.get(0);
        }
        if (fitting.isEmpty()) {
            throw new InputException(notFound(runsRoot, pathOrId, path, all));
        }
        throw new InputException("'" + pathOrId + "' fits " + fitting.size() + " runs in " + runsRoot + ":"
                + lines(fitting) + "\nName one of them by more of its id.");
    }

    private static String notFound(Path runsRoot, String pathOrId, Path path, List<RunDirectory> all) {
        String what = path != null && Files.isDirectory(path)
                ? path + ": not a run directory (it has no recipe.yaml and no events.jsonl)"
                : "no run '" + pathOrId + "': not a run directory, and not the start or the end of an id in "
                        + runsRoot;
        if (all.isEmpty()) {
            return what + ". There are no runs in " + runsRoot + "; start one with: statecraft run RECIPE";
        }
        return what + ". The newest runs there:" + lines(all);
    }

    private static String lines(List<RunDirectory> runs) {
        String shown = runs.stream().limit(SHOWN).map(run -> "\n  " + run.id()).collect(Collectors.joining());
        return runs.size() > SHOWN ? shown + "\n  and " + (runs.size() - SHOWN) + " more" : shown;
    }

    private static Path asPath(String text) {
        try {
            return text.isEmpty() ? null : Path.of(text);
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private static boolean isRun(Path path) {
        // a hidden folder is a run that is just being made, or whose maker was killed
        return Files.isDirectory(path)
                && !nameOf(path).startsWith(".")
                && (ID.matcher(nameOf(path)).matches()
                        || Files.exists(path.resolve("recipe.yaml"))
                        || Files.exists(path.resolve("events.jsonl")));
    }

    /** All runs in a folder, newest first; none if the folder does not exist. */
    public static List<RunDirectory> list(Path runsRoot) {
        if (!Files.isDirectory(runsRoot)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(runsRoot)) {
            return entries.filter(RunDirectory::isRun)
                    .map(RunDirectory::new)
                    .sorted(Comparator.comparing(RunDirectory::id).reversed())
                    .toList();
        } catch (IOException e) {
            throw IoFailures.reading(runsRoot, e);
        }
    }

    private static String nameOf(Path path) {
        // "." and "runs/x/.." have no telling last name of their own
        Path name = path.toAbsolutePath().normalize().getFileName();
        return name == null ? "" : name.toString();
    }

    /** The name of the directory. */
    public String id() {
        return nameOf(path);
    }

    public Path path() {
        return path;
    }

    /** The recipe as it was given. */
    public Path recipe() {
        return path.resolve("recipe.yaml");
    }

    /** The recipe with every default written out. */
    public Path resolvedRecipe() {
        return path.resolve("resolved.yaml");
    }

    public Path environment() {
        return path.resolve("environment.json");
    }

    public Path events() {
        return path.resolve("events.jsonl");
    }

    public Path summary() {
        return path.resolve("summary.json");
    }

    /** Answers that models of these runs gave; shared by all runs beside this one. */
    public Path answers() {
        return path.toAbsolutePath().resolveSibling(".answers");
    }

    public Path checkpoints() {
        return path.resolve("checkpoints");
    }

    public Path artifacts() {
        return path.resolve("artifacts");
    }

    public Path results() {
        return path.resolve("results");
    }

    /** Where a step of a verb that scores writes its scores; see {@link #evaluation(int)}. */
    public Path evaluation(int step, String verb) {
        return results().resolve(start(step) + verb + ".json");
    }

    /**
     * The scores of one step, whatever its verb; its per-document samples stand in {@link #documentSamples}. Where there are none it is
     * the file that an evaluate step would write.
     */
    public Path evaluation(int step) {
        Path usual = evaluation(step, "evaluate");
        if (Files.exists(usual) || !Files.isDirectory(results())) {
            return usual;
        }
        try (Stream<Path> files = Files.list(results())) {
            return files.filter(file ->
                            nameOf(file).startsWith(start(step)) && nameOf(file).endsWith(".json"))
                    .min(Comparator.naturalOrder())
                    .orElse(usual);
        } catch (IOException e) {
            throw IoFailures.reading(results(), e);
        }
    }

    /** The folder of {@code samples_<task>.jsonl} files of one step that scores. */
    public Path documentSamples(int step) {
        String file = nameOf(evaluation(step));
        return results().resolve(file.substring(0, file.length() - ".json".length()));
    }

    /** The folder of the samples of a step of a verb that scores, and of what else it leaves. */
    public Path samples(int step, String verb) {
        return results().resolve(start(step) + verb);
    }

    private static String start(int step) {
        return String.format(Locale.ROOT, "%02d-", step);
    }

    /**
     * Takes the run for this process, so that no other process runs or resumes it meanwhile.
     *
     * @throws InputException if another process has it, which the message names
     */
    public RunLock lock() {
        return RunLock.take(this);
    }

    /** Removes what killed processes were writing; for the holder of the lock. */
    public void removeLeftovers() {
        List<Path> folders = new ArrayList<>(List.of(path, artifacts()));
        if (Files.isDirectory(results())) {
            try (Stream<Path> all = Files.walk(results())) {
                all.filter(Files::isDirectory).forEach(folders::add);
            } catch (IOException e) {
                throw IoFailures.reading(results(), e);
            }
        }
        folders.forEach(PublishedFolder::removeLeftovers);
    }

    /** What the files say: the summary's state if there is one, otherwise whether a living process holds the lock. */
    public RunState state() {
        if (Files.exists(summary())) {
            return Summary.read(this).state();
        }
        return RunLock.isTaken(this) ? RunState.RUNNING : RunState.LOST;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
