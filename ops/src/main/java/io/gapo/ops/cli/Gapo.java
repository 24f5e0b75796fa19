package io.gapo.ops.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code gapo}: the service's commands, and those of modules that provide more. */
@Command(
    name = "gapo",
    description = "Aligns a language model with several conflicting objectives at once.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.class,
    synopsisSubcommandLabel = "COMMAND",
    sortOptions = false,
    footerHeading = "%nEnvironment, read by the launcher ./gapo:%n",
    footer = {
      "  GAPO_HEAP        size of the Java heap (2g); models live outside of it",
      "  GAPO_JAVA_OPTS   further options of the JVM",
      "  GAPO_PLUGINS     jars of plug-ins that score objectives, separated by colons",
      "  GAPO_BUILD_ARGS  further arguments of the build, for example -Dcuda",
      "  DJL_CACHE_DIR    where libtorch is unpacked (~/.djl.ai)",
      "GAPO_LOG_LEVEL is the level of our own log (INFO); HF_HOME, HF_ENDPOINT, HF_TOKEN and",
      "HF_HUB_OFFLINE are those of huggingface_hub."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:failed", "2:wrong usage"})
public final class Gapo implements Runnable {

  private static final List<Class<?>> SERVICE =
      List.of(
          RunCommand.class,
          FeedCommand.class,
          PromptCommand.class,
          LineageCommand.class,
          SamplesCommand.class,
          TopicsCommand.class,
          ExportCommand.class,
          VersionCommand.class,
          HelpCommand.class);

  @Option(
      names = "--stacktrace",
      description = "When a command fails, say where in the code.",
      scope = ScopeType.INHERIT)
  private boolean stacktrace;

  @Spec private @org.jspecify.annotations.Nullable CommandSpec spec;

  public static void main(String[] arguments) {
    // Ours does not depend on it, but libraries do: Kafka names its segments in the locale's
    // digits.
    Locale.setDefault(Locale.ROOT);
    System.exit(commandLine().execute(arguments));
  }

  /** The command line with all its subcommands and its manners. */
  public static CommandLine commandLine() {
    Gapo gapo = new Gapo();
    CommandLine line = new CommandLine(gapo);
    ServiceLoader.load(CommandProvider.class)
        .forEach(provider -> provider.commands().forEach(line::addSubcommand));
    SERVICE.forEach(line::addSubcommand);
    return line.setUsageHelpAutoWidth(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Gapo::reportUsage)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              PrintWriter err = command.getErr();
              if (gapo.stacktrace) {
                failure.printStackTrace(err);
              } else {
                err.println(
                    "%s: %s"
                        .formatted(
                            command.getCommandSpec().qualifiedName(), FailureMessage.of(failure)));
              }
              err.flush();
              return ExitCode.SOFTWARE;
            });
  }

  /** Called when no subcommand is named. */
  @Override
  public void run() {
    CommandLine command = java.util.Objects.requireNonNull(spec).commandLine();
    throw new ParameterException(command, "Missing command");
  }

  private static int reportUsage(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    String name = command.getCommandSpec().qualifiedName();
    err.println("%s: %s".formatted(name, failure.getMessage()));
    UnmatchedArgumentException.printSuggestions(failure, err);
    err.println("Try '%s --help'.".formatted(name));
    err.flush();
    return ExitCode.USAGE;
  }
}
