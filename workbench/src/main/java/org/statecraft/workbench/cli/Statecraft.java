package org.statecraft.workbench.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.statecraft.model.InputException;
import org.statecraft.workbench.recipe.RecipeException;
import org.statecraft.workbench.table.Formats;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program: finds the verb, runs it and turns what went wrong into one message and an exit code. */
@Command(
        name = "statecraft",
        description = "Adapt and evaluate state-space language models.",
        scope = CommandLine.ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = Statecraft.Version.class,
        synopsisSubcommandLabel = "VERB",
        commandListHeading = "%nVerbs:%n",
        footer = {"", "Example: statecraft run recipes/quickstart.yaml", "Next:    statecraft ls"})
public final class Statecraft implements Runnable {

    /** Every verb, in the order of the help. */
    private static final Map<String, Supplier<Object>> VERBS = new LinkedHashMap<>();

    static {
        VERBS.put("ls", LsVerb::new);
        VERBS.put("show", ShowVerb::new);
        VERBS.put("validate", ValidateVerb::new);
        VERBS.put("run", RunVerb::new);
        VERBS.put("resume", ResumeVerb::new);
        VERBS.put("compare", CompareVerb::new);
        VERBS.put("gate", GateVerb::new);
        VERBS.put("compile", CompileVerb::new);
        VERBS.put("generate", GenerateVerb::new);
        VERBS.put("inspect", InspectVerb::new);
        VERBS.put("import", ImportVerb::new);
        VERBS.put("merge", MergeVerb::new);
        VERBS.put("env", EnvVerb::new);
    }

    @Spec
    private CommandSpec spec;

    private Statecraft() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs a command line and returns its exit code. */
    static int run(String... args) {
        return commandLine(args).execute(args);
    }

    /** Only the verb that is asked for is set up: the others would cost their loading at every start. */
    static CommandLine commandLine(String... args) {
        CommandLine root = new CommandLine(new Statecraft());
        Supplier<Object> only = args.length == 0 ? null : VERBS.get(args[0]);
        if (only != null) {
            root.addSubcommand(args[0], only.get());
        } else {
            VERBS.forEach((name, verb) -> root.addSubcommand(name, verb.get()));
        }
        return root.setUsageHelpAutoWidth(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Statecraft::badUsage)
                .setExecutionExceptionHandler(Statecraft::failed);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing verb");
    }

    private static int badUsage(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(isUnknownVerb(e) ? "Unknown verb '" + args[0] + "'" : e.getMessage());
        if (!UnmatchedArgumentException.printSuggestions(e, err)) {
            command.usage(err);
        } else {
            err.println("See: " + command.getCommandSpec().qualifiedName() + " --help");
        }
        return ExitCode.USAGE;
    }

    private static boolean isUnknownVerb(ParameterException e) {
        return e instanceof UnmatchedArgumentException unmatched
                && e.getCommandLine().getParent() == null
                && !unmatched.isUnknownOption();
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (e instanceof RecipeException recipe) {
            recipe.problems().forEach(err::println);
            err.println(Formats.counted(recipe.problems().size(), "problem") + ". Nothing was started.");
            return ExitCode.USAGE;
        }
        if (e instanceof InputException) {
            err.println(e.getMessage());
        } else {
            err.println("This should not happen; please report it with the lines below.");
            e.printStackTrace(err);
        }
        return ExitCode.FAILED;
    }

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Statecraft.class.getPackage().getImplementationVersion();
            return new String[] {"statecraft " + (version == null ? "(not packaged)" : version)};
        }
    }
}
